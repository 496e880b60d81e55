"""The image, the compose files and the unit name what the project has."""

from __future__ import annotations

import configparser
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Final

import pytest
import yaml

from configuration.schema import tree, variable_name
from deploy.healthcheck import addresses, is_alive
from settings import HOME, SHORT_NAMES, Settings
from testing.ports import closed_port
from tests.test_structure import PRODUCT, TOP

COMPOSE: Final = sorted([HOME / "compose.yaml", *(HOME / "deploy").glob("compose.*.yaml")])
DOCKERFILE: Final = (HOME / "Dockerfile").read_text(encoding="utf-8")
PACKAGES: Final = {*PRODUCT, "demo", "simulators", "testing"}
"""The product, and what `run.py demo` needs."""
OF_COMPOSE: Final = {"TAG", "KOKORO_IMAGE", "PROMETHEUS_TAG", "GRAFANA_TAG", "GRAFANA_PASSWORD"}
"""Variables that compose itself reads."""


class Loader(yaml.SafeLoader):
    """Compose's own tag: a value that replaces that of an earlier file."""


Loader.add_constructor("!reset", lambda _, __: None)


def compose(path: Any) -> dict[str, Any]:
    text = path.read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader)
    return loaded


def variables() -> set[str]:
    return {variable_name(each.path) for each in tree(Settings).settings()} | set(SHORT_NAMES)


def copied() -> set[str]:
    lines = [line.split() for line in DOCKERFILE.splitlines()]
    return {source for line in lines if line[:1] == ["COPY"] for source in line[1:-1]}


def test_the_image_has_every_package_and_every_module() -> None:
    assert copied() >= PACKAGES
    assert copied() >= {f"{name}.py" for name in TOP}


def test_the_image_has_no_tests_and_no_measurements() -> None:
    top = {source.partition("/")[0] for source in copied()}
    assert not top & {"tests", "bench", "docs", ".", "shared", ".env"}


def test_what_is_copied_reaches_the_builder() -> None:
    lines = (HOME / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = {line[1:].rstrip("/") for line in lines if line.startswith("!")}
    assert lines[1] == "*"
    for source in copied() - {"/opt/openclaw-voice/.venv"} - {"--from=packages-cpu"}:
        if source.startswith("--"):
            continue
        assert source in let_in or (source.endswith(".py") and "*.py" in let_in), source


def test_the_process_of_the_image_is_not_root() -> None:
    (user,) = re.findall(r"^USER (\S+)$", DOCKERFILE, re.M)
    assert int(user) > 0
    for line in re.findall(r"^(?:ENV|ARG|LABEL) .*$", DOCKERFILE, re.M):
        assert not re.search(r"TOKEN|PASSWORD|KEY", line), "a secret would stay in the image"


def test_the_variables_of_the_image_are_settings() -> None:
    found = set(re.findall(r"([A-Z_]+__[A-Z_]+)=", DOCKERFILE))
    assert found
    assert found <= variables()


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_the_variables_of_a_compose_file_are_settings(path: Any) -> None:
    for name, service in compose(path)["services"].items():
        names = set(service.get("environment", {}))
        if name in ("bot", "speech"):
            assert names <= variables()
    used = set(re.findall(r"\$\{([A-Z_]+)", path.read_text(encoding="utf-8")))
    assert used <= variables() | OF_COMPOSE


def test_every_volume_and_secret_of_a_service_is_declared() -> None:
    files = [compose(path) for path in COMPOSE]
    volumes = {name for file in files for name in file.get("volumes") or {}}
    secrets = {name for file in files for name in file.get("secrets") or {}}
    for file in files:
        for service in file["services"].values():
            mounted = {each.partition(":")[0] for each in service.get("volumes", [])}
            for source in mounted:
                if source.startswith("."):
                    assert (HOME / source).exists(), source
                else:
                    assert source in volumes
            assert set(service.get("secrets", [])) <= secrets


def test_no_port_is_opened_to_other_machines() -> None:
    for path in COMPOSE:
        for service in compose(path)["services"].values():
            for port in service.get("ports") or []:
                assert port.startswith("127.0.0.1:"), f"{path.name}: {port}"


def test_the_unit_sets_settings_and_runs_the_bot() -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    text = (HOME / "deploy" / "systemd" / "openclaw-voice.service").read_text(encoding="utf-8")
    unit.read_string(text)
    assert unit["Service"]["ExecStart"].endswith("run.py bot")
    names = set(re.findall(r"^Environment=([A-Z_]+)=", text, re.M)) - {"PYTHONDONTWRITEBYTECODE"}
    assert names <= variables()


# -- the health check ------------------------------------------------------------------------------


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response({"/healthz": 200, "/old": 404, "/ill": 503}[self.path])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[str]:
    httpd = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=httpd.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    thread.join()
    httpd.server_close()


def test_the_health_check_asks_who_listens(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{closed_port()}")
    assert is_alive(f"{server}/healthz")
    assert is_alive(f"{server}/old")
    assert not is_alive(f"{server}/ill")
    assert not is_alive(f"http://127.0.0.1:{closed_port()}/healthz")


def test_the_health_check_follows_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    defaults = Settings()
    assert addresses() == {
        "bot": f"http://127.0.0.1:{defaults.web.port}/healthz",
        "speech": f"http://127.0.0.1:{defaults.server.port}/health",
    }
    monkeypatch.setenv("WEB__PORT", "9001")
    monkeypatch.setenv("SERVER_PORT", "")
    monkeypatch.setenv("SERVER__PORT", "9002")
    assert ":9001/" in addresses()["bot"]
    assert ":9002/" in addresses()["speech"]
