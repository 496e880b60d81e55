from __future__ import annotations

import hashlib
import socket
from pathlib import Path

import pytest

from models.errors import SourceFailed
from models.hub import Hub, Listing, RepoFile
from models.settings import ModelsSettings
from tests.models.hub_server import COMMIT, HubServer

WEIGHTS = b"w" * 5000
DATA = bytes(range(256)) * 2000


def hub_at(url: str) -> Hub:
    return Hub(ModelsSettings(hub_url=url, read_timeout_s=5))


def list_files(url: str, repo: str) -> Listing:
    with hub_at(url) as hub:
        return hub.list_files(repo)


def test_a_repository_is_listed_with_its_commit_and_hashes(hub: HubServer) -> None:
    hub.repos["own/er"] = {"config.json": b"{}", "model.bin": WEIGHTS}
    listing = list_files(hub.url, "own/er")
    assert listing.commit == COMMIT
    assert listing.files == (
        RepoFile("config.json", 2, None),
        RepoFile("model.bin", 5000, hashlib.sha256(WEIGHTS).hexdigest()),
    )


def test_the_login_is_sent_only_where_it_is_wanted(
    hub: HubServer, part: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    with hub_at(hub.url) as client:
        for login in (False, True):
            part.unlink(missing_ok=True)
            client.download(
                *("own/er", "file.bin", part),
                size=len(DATA), on_progress=lambda _: None, revision=COMMIT, login=login,
            )  # fmt: skip
    assert [request.authorization for request in hub.requests] == [None, "Bearer hf_secret"]
    assert hub.requests[0].path == f"/own/er/resolve/{COMMIT}/file.bin"


def test_an_unknown_repository_is_an_error(hub: HubServer) -> None:
    with pytest.raises(SourceFailed, match=r"404: no such repository.*HF_TOKEN"):
        list_files(hub.url, "no/body")


def test_the_error_has_the_status_of_the_hub(hub: HubServer) -> None:
    hub.status = 503
    with pytest.raises(SourceFailed, match="503"):
        list_files(hub.url, "own/er")


@pytest.mark.parametrize(
    "body", [b"<html>please log in</html>", b'{"sha": "../..", "siblings": []}']
)
def test_an_answer_that_is_not_a_listing_is_refused(hub: HubServer, body: bytes) -> None:
    hub.listing_body = body
    with pytest.raises(SourceFailed, match="not a list of files"):
        list_files(hub.url, "own/er")


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "file.part"


@pytest.fixture(autouse=True)
def _file(hub: HubServer) -> None:
    hub.repos["own/er"] = {"file.bin": DATA}


def fetch(url: str, part: Path) -> list[int]:
    counts: list[int] = []
    with hub_at(url) as hub:
        hub.download("own/er", "file.bin", part, size=len(DATA), on_progress=counts.append)
    return counts


def test_a_file_is_downloaded_through_the_hubs_redirect(hub: HubServer, part: Path) -> None:
    counts = fetch(hub.url, part)
    assert part.read_bytes() == DATA
    assert counts[0] == 0
    assert counts[-1] == len(DATA)
    assert counts == sorted(counts)


def test_an_interrupted_download_is_resumed_where_it_stopped(hub: HubServer, part: Path) -> None:
    hub.cuts = [100_000, 50_000]
    fetch(hub.url, part)
    assert part.read_bytes() == DATA
    assert [request.range for request in hub.requests] == [None, "bytes=100000-", "bytes=150000-"]


def test_bytes_of_an_earlier_run_are_not_downloaded_again(hub: HubServer, part: Path) -> None:
    part.write_bytes(DATA[:300_000])
    counts = fetch(hub.url, part)
    assert part.read_bytes() == DATA
    assert [request.range for request in hub.requests] == ["bytes=300000-"]
    assert counts[0] == 300_000


def test_a_complete_file_is_not_requested(hub: HubServer, part: Path) -> None:
    part.write_bytes(DATA)
    fetch(hub.url, part)
    assert hub.requests == []


def test_a_server_without_ranges_starts_over(hub: HubServer, part: Path) -> None:
    hub.ignores_range = True
    part.write_bytes(b"x" * 1000)
    fetch(hub.url, part)
    assert part.read_bytes() == DATA


def test_leftovers_longer_than_the_file_are_removed(hub: HubServer, part: Path) -> None:
    part.write_bytes(b"x" * (len(DATA) + 1))
    fetch(hub.url, part)
    assert part.read_bytes() == DATA


def test_a_shorter_file_on_the_server_is_an_error(hub: HubServer, part: Path) -> None:
    hub.sent["file.bin"] = DATA[:1000]
    with pytest.raises(SourceFailed, match="1,000 bytes of the published 512,000"):
        fetch(hub.url, part)
    assert len(hub.requests) == 1


def test_a_longer_file_is_refused(hub: HubServer, part: Path) -> None:
    hub.sent["file.bin"] = DATA + b"more"
    with pytest.raises(SourceFailed, match="more than the published"):
        fetch(hub.url, part)


def test_a_server_that_closes_at_once_is_given_up(hub: HubServer, part: Path) -> None:
    hub.cuts = [0] * 30
    with pytest.raises(SourceFailed):
        fetch(hub.url, part)
    assert len(hub.requests) == 1


def test_a_server_that_always_closes_early_is_given_up(hub: HubServer, part: Path) -> None:
    hub.cuts = [10] * 100
    with pytest.raises(SourceFailed, match="broke 20 times"):
        fetch(hub.url, part)
    assert part.stat().st_size == 200


@pytest.mark.parametrize("status", [401, 404, 503])
def test_the_error_of_a_refusal_has_its_status(hub: HubServer, part: Path, status: int) -> None:
    hub.status = status
    with pytest.raises(SourceFailed, match=str(status)):
        fetch(hub.url, part)
    assert not part.exists()


def test_an_unreachable_hub_is_an_error_at_once(part: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(SourceFailed, match="refused"):
        fetch(f"http://127.0.0.1:{port}", part)
