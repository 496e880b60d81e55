from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from models import whisper
from models.errors import Damaged, NotFetched, UnknownModel
from models.published import PublishedFile, WhisperModel
from models.settings import ModelsSettings
from models.sources import HubFile
from models.store import ModelStore
from models.whisper import missing_in, repo_of
from tests.models.hub_server import COMMIT, HubServer
from tests.models.reports import RecordingReporter

REPO = "Systran/faster-whisper-small"
WEIGHTS = random.Random(3).randbytes(300_000)
FILES = {
    ".gitattributes": b"*.bin filter=lfs",
    "README.md": b"# Whisper small",
    "config.json": b"{}",
    "model.bin": WEIGHTS,
    "tokenizer.json": b'{"model": {}}',
    "vocabulary.txt": b"a\nb\n",
}
LOADED = {"config.json", "model.bin", "tokenizer.json", "vocabulary.txt"}


@pytest.fixture
def reports() -> RecordingReporter:
    return RecordingReporter()


@pytest.fixture
def store(hub: HubServer, tmp_path: Path, reports: RecordingReporter) -> ModelStore:
    hub.repos[REPO] = dict(FILES)
    return ModelStore(ModelsSettings(dir=tmp_path / "models", hub_url=hub.url), reports)


def offline(tmp_path: Path) -> ModelStore:
    return ModelStore(ModelsSettings(dir=tmp_path / "models", offline=True), RecordingReporter())


def fill(folder: Path, *names: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(FILES[name])
    return folder


def test_only_the_files_that_are_loaded_are_downloaded(
    store: ModelStore, hub: HubServer, tmp_path: Path, reports: RecordingReporter
) -> None:
    path = store.whisper_path("small")
    assert path == tmp_path / "models" / "whisper" / "Systran--faster-whisper-small"
    assert {file.name for file in path.iterdir()} == LOADED | {"manifest.json"}
    assert (path / "model.bin").read_bytes() == WEIGHTS
    assert all(f"/resolve/{COMMIT}/" in request.path for request in hub.requests)
    what, total, counts = reports.progress[0]
    assert what == f"{REPO} from hub"
    assert counts[-1] == total == sum(len(FILES[name]) for name in LOADED)


def test_a_downloaded_model_is_found_without_a_network(store: ModelStore, tmp_path: Path) -> None:
    path = store.whisper_path("small")
    assert offline(tmp_path).whisper_path("small") == path
    assert offline(tmp_path).whisper_path(REPO) == path


def test_an_interrupted_download_is_resumed_in_the_next_run(
    store: ModelStore, hub: HubServer, tmp_path: Path
) -> None:
    # Three small files come whole within the cut; the weights break off, then off again.
    hub.cuts = [100_000, 100_000, 100_000, 120_000, 0]
    with pytest.raises(NotFetched, match=r"hub Systran/faster-whisper-small: .*"):
        store.whisper_path("small")
    assert not (tmp_path / "models" / "whisper").exists()
    before = len(hub.requests)
    assert (store.whisper_path("small") / "model.bin").read_bytes() == WEIGHTS
    assert [request.range for request in hub.requests[before:]] == ["bytes=120000-"]


def test_damaged_weights_are_refused_and_removed(
    store: ModelStore, hub: HubServer, tmp_path: Path
) -> None:
    hub.sent["model.bin"] = bytes(len(WEIGHTS))
    with pytest.raises(NotFetched, match="the download is damaged"):
        store.whisper_path("small")
    assert not list((tmp_path / "models").rglob("model.bin"))
    del hub.sent["model.bin"]
    assert (store.whisper_path("small") / "model.bin").read_bytes() == WEIGHTS


def test_later_damage_is_found_by_verifying(store: ModelStore) -> None:
    path = store.whisper_path("small")
    found = store.whisper.find("small")
    assert found is not None
    assert store.whisper.verify(found, "small")
    (path / "tokenizer.json").write_bytes(b'{"model": []}')
    with pytest.raises(Damaged, match=r"tokenizer\.json"):
        store.whisper.verify(found, "small")


def test_repair_downloads_a_damaged_model_again(
    store: ModelStore, hub: HubServer, tmp_path: Path
) -> None:
    path = store.whisper_path("small")
    before = len(hub.requests)
    assert store.whisper.repaired_path("small") == path
    assert len(hub.requests) == before
    (path / "model.bin").write_bytes(bytes(len(WEIGHTS)))
    with pytest.raises(Damaged, match=r"model\.bin"):
        offline(tmp_path).whisper.repaired_path("small")
    assert store.whisper.repaired_path("small") == path
    assert (path / "model.bin").read_bytes() == WEIGHTS


def test_a_model_with_pinned_digests_needs_no_listing_and_is_repaired_file_by_file(
    store: ModelStore, hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = tuple(
        PublishedFile(
            name, len(FILES[name]), hashlib.sha256(FILES[name]).hexdigest(), (HubFile(REPO, name),)
        )
        for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")
    )
    pinned = WhisperModel("small", REPO, 1, files=files)
    monkeypatch.setattr(whisper, "WHISPER_MODELS", (pinned,))
    hub.listing_body = b"no list"
    path = store.whisper_path("small")
    assert path == tmp_path / "models" / "whisper" / "Systran--faster-whisper-small"
    assert {file.name for file in path.iterdir()} == LOADED
    found = store.whisper.find(REPO)
    assert found is not None
    assert store.whisper.verify(found, REPO)
    (path / "config.json").write_bytes(b"??")
    with pytest.raises(Damaged, match=r"config\.json"):
        store.whisper.verify(found, "small")
    before = len(hub.requests)
    store.whisper.repaired_path("small")
    assert [each.path.rpartition("/")[2] for each in hub.requests[before:]] == ["config.json"]
    assert store.whisper.verify(found, "small")


def test_an_unreadable_manifest_counts_as_damage(store: ModelStore) -> None:
    (store.whisper_path("small") / "manifest.json").write_text("{}")
    found = store.whisper.find("small")
    assert found is not None
    with pytest.raises(Damaged, match=r"manifest\.json"):
        store.whisper.verify(found, "small")


def test_an_incomplete_folder_in_the_store_is_replaced(store: ModelStore, tmp_path: Path) -> None:
    place = fill(tmp_path / "models/whisper/Systran--faster-whisper-small", "config.json")
    assert store.whisper_path("small") == place
    assert (place / "model.bin").read_bytes() == WEIGHTS


def test_the_users_login_is_sent(
    store: ModelStore, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    hub.repos["private/whisper"] = dict(FILES)
    store.whisper_path("private/whisper")
    assert {request.authorization for request in hub.requests} == {"Bearer hf_secret"}


def test_a_repository_without_a_whisper_model_is_refused(store: ModelStore, hub: HubServer) -> None:
    hub.repos["own/er"] = {"model.bin": WEIGHTS, "vocabulary.txt": b"a"}
    with pytest.raises(NotFetched, match="not a faster-whisper model"):
        store.whisper_path("own/er")
    assert hub.requests == []


def test_the_error_offline_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotFetched) as told:
        offline(tmp_path).whisper_path("small")
    text = str(told.value)
    assert "models.offline is set" in text
    assert "models.hub_url" in text
    assert str(tmp_path / "models" / "whisper" / "Systran--faster-whisper-small") in text


def test_the_hubs_own_cache_serves_too(tmp_path: Path) -> None:
    repo = tmp_path / "hub-cache" / "models--Systran--faster-whisper-small"
    snapshot = fill(repo / "snapshots" / COMMIT, *LOADED)
    (repo / "refs").mkdir()
    (repo / "refs" / "main").write_text(COMMIT)
    assert offline(tmp_path).whisper_path("small") == snapshot
    (snapshot / "tokenizer.json").unlink()
    with pytest.raises(NotFetched):
        offline(tmp_path).whisper_path("small")


def test_a_folder_is_used_as_it_is(tmp_path: Path) -> None:
    mine = fill(tmp_path / "mine", *LOADED)
    assert offline(tmp_path).whisper_path(str(mine)) == mine


def test_a_folder_with_the_name_of_a_size_is_not_used_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path / "small", *LOADED)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotFetched):
        offline(tmp_path).whisper_path("small")
    assert offline(tmp_path).whisper_path("./small") == Path("small")


def test_a_folder_that_would_send_faster_whisper_to_the_network_is_refused(
    tmp_path: Path,
) -> None:
    mine = fill(tmp_path / "mine", "model.bin", "vocabulary.txt")
    with pytest.raises(Damaged, match=r"it lacks tokenizer\.json"):
        offline(tmp_path).whisper_path(str(mine))


def test_the_fixture_is_the_one_in_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert whisper.FIXTURE_DIR.parts[-3:] == ("models", "fixture", "whisper")
    monkeypatch.setattr(whisper, "FIXTURE_DIR", fill(tmp_path / "fixture", *LOADED))
    assert offline(tmp_path).whisper_path("fixture") == tmp_path / "fixture"
    (tmp_path / "fixture" / "model.bin").unlink()
    with pytest.raises(NotFetched, match="check out this repository again"):
        offline(tmp_path).whisper_path("fixture")


@pytest.mark.parametrize("name", ["smal", "large_v3", "", "./no/such/folder", "/no/such/folder"])
def test_the_error_for_an_unknown_size_lists_the_known_ones(name: str, tmp_path: Path) -> None:
    with pytest.raises(UnknownModel, match=r"tiny, .*large-v3.*fixture.*folder that exists"):
        offline(tmp_path).whisper_path(name)


def test_names_and_repositories() -> None:
    assert repo_of("turbo") == "mobiuslabsgmbh/faster-whisper-large-v3-turbo"
    assert repo_of("own/er") == "own/er"


def test_any_vocabulary_is_accepted(tmp_path: Path) -> None:
    assert missing_in(tmp_path) == "model.bin, tokenizer.json, vocabulary.json or vocabulary.txt"
    fill(tmp_path, "model.bin", "tokenizer.json", "vocabulary.txt")
    assert missing_in(tmp_path) == ""
