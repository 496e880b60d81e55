from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from app.speech_cluster import build, orders
from app.speech_keys import key_file
from server.cluster.errors import ClusterUnavailable
from settings import Settings, SettingsError, load_settings

CONFIG = """
server:
  keys_file: {keys}
  cluster:
    speech: {{min_replicas: 2, max_replicas: 6, cpus: 3, gpus: 0.25}}
logging: {{level: WARNING, format: json}}
pipeline:
  stt: {{url: "http://gpu-box:8090", model_size: base}}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG.format(keys=tmp_path / "keys.json"))
    return path


def _settings(config: Path) -> Settings:
    return load_settings(config, environ={})


def test_the_processes_get_the_settings_and_the_hashes_of_the_keys(config: Path) -> None:
    settings = _settings(config)
    key = key_file(settings).add("laptop")
    told = orders(settings)
    assert set(told.key_digests) == {"laptop"}
    assert key not in repr(told)
    assert told.server.cluster.speech.max_replicas == 6
    assert (told.log_level, told.log_form) == ("WARNING", "json")


def test_the_processes_hear_by_themselves(config: Path) -> None:
    """The bot's settings may name this very cluster as its speech to text."""
    stt = orders(_settings(config)).pipeline.stt
    assert stt.url is None
    assert stt.api_key is None
    assert stt.model_size == "base"


def test_ray_gets_what_each_process_takes(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from ray import serve

    given: dict[str, dict[str, Any]] = {}
    real = serve.deployment

    def deployment(kind: Any, **options: Any) -> Any:
        given[options["name"]] = options
        return real(kind, **options)

    monkeypatch.setattr(serve, "deployment", deployment)
    assert cast(Any, build({"config": str(config)}))
    assert set(given) == {"Api", "Speech", "Transcription"}
    assert given["Speech"]["ray_actor_options"] == {"num_cpus": 3, "num_gpus": 0.25}
    scaling = given["Speech"]["autoscaling_config"]
    assert (scaling["min_replicas"], scaling["max_replicas"]) == (2, 6)


def test_an_unknown_argument_is_named() -> None:
    with pytest.raises(ClusterUnavailable, match="takes config=FILE, and not port"):
        build({"port": "8090"})


def test_settings_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("server: {cluster: {speech: {gpus: 1.5}}}\n")
    with pytest.raises(SettingsError, match="whole GPUs only"):
        build({"config": str(path)})
