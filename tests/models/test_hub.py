from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from models.errors import SourceFailed
from models.hub import Hub, RepoFile, download
from models.settings import ModelsSettings
from tests.models.hub_server import COMMIT, HubServer

WEIGHTS = b"w" * 5000


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(follow_redirects=True, timeout=5, trust_env=False) as client:
        yield client


def hub_at(url: str) -> Hub:
    return Hub(ModelsSettings(hub_url=url))


def test_a_repository_is_listed_with_its_commit_and_hashes(
    hub: HubServer, client: httpx.Client
) -> None:
    hub.repos["own/er"] = {"config.json": b"{}", "model.bin": WEIGHTS}
    listing = hub_at(hub.url).list_files(client, "own/er")
    assert listing.commit == COMMIT
    assert listing.files == (
        RepoFile("config.json", 2, None),
        RepoFile("model.bin", 5000, hashlib.sha256(WEIGHTS).hexdigest()),
    )


def test_an_address_is_of_the_configured_mirror() -> None:
    url = hub_at("http://mirror.example/").url("own/er", "model.bin", "abc")
    assert url == "http://mirror.example/own/er/resolve/abc/model.bin"


def test_the_users_login_goes_with_a_listing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hub_at("http://mirror.example").headers() == {}
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    assert hub_at("http://mirror.example").headers() == {"Authorization": "Bearer hf_secret"}


def test_an_unknown_repository_is_told(hub: HubServer, client: httpx.Client) -> None:
    with pytest.raises(SourceFailed, match=r"404: no such repository.*HF_TOKEN"):
        hub_at(hub.url).list_files(client, "no/body")


def test_a_hub_in_trouble_is_told(hub: HubServer, client: httpx.Client) -> None:
    hub.status = 503
    with pytest.raises(SourceFailed, match="503"):
        hub_at(hub.url).list_files(client, "own/er")


@pytest.mark.parametrize(
    "body", [b"<html>please log in</html>", b'{"sha": "../..", "siblings": []}']
)
def test_something_else_than_a_listing_is_refused(body: bytes) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=body))
    with (
        httpx.Client(transport=transport) as client,
        pytest.raises(SourceFailed, match="not a list of files"),
    ):
        hub_at("http://mirror.example").list_files(client, "own/er")


DATA = bytes(range(256)) * 2000


@pytest.fixture
def part(tmp_path: Path) -> Path:
    return tmp_path / "file.part"


@pytest.fixture
def url(hub: HubServer) -> str:
    hub.repos["own/er"] = {"file.bin": DATA}
    return hub.url + "/own/er/resolve/main/file.bin"


def fetch(client: httpx.Client, url: str, part: Path) -> list[int]:
    counts: list[int] = []
    download(client, url, part, size=len(DATA), done=counts.append)
    return counts


def test_a_whole_file_comes_through_the_hubs_redirect(
    client: httpx.Client, url: str, part: Path
) -> None:
    counts = fetch(client, url, part)
    assert part.read_bytes() == DATA
    assert counts[0] == 0
    assert counts[-1] == len(DATA)
    assert counts == sorted(counts)


def test_a_cut_connection_is_resumed_where_it_was_cut(
    hub: HubServer, client: httpx.Client, url: str, part: Path
) -> None:
    hub.cuts = [100_000, 50_000]
    fetch(client, url, part)
    assert part.read_bytes() == DATA
    assert [asked.range for asked in hub.asked] == [None, "bytes=100000-", "bytes=150000-"]


def test_what_an_earlier_run_left_is_not_fetched_again(
    hub: HubServer, client: httpx.Client, url: str, part: Path
) -> None:
    part.write_bytes(DATA[:300_000])
    counts = fetch(client, url, part)
    assert part.read_bytes() == DATA
    assert [asked.range for asked in hub.asked] == ["bytes=300000-"]
    assert counts[0] == 300_000


def test_a_whole_file_is_not_asked_for(
    hub: HubServer, client: httpx.Client, url: str, part: Path
) -> None:
    part.write_bytes(DATA)
    fetch(client, url, part)
    assert hub.asked == []


def test_a_server_without_ranges_starts_over(
    hub: HubServer, client: httpx.Client, url: str, part: Path
) -> None:
    hub.ignores_range = True
    part.write_bytes(b"x" * 1000)
    fetch(client, url, part)
    assert part.read_bytes() == DATA


def test_leftovers_longer_than_the_file_are_dropped(
    client: httpx.Client, url: str, part: Path
) -> None:
    part.write_bytes(b"x" * (len(DATA) + 1))
    fetch(client, url, part)
    assert part.read_bytes() == DATA


def test_a_shorter_file_on_the_server_ends_and_does_not_loop(
    hub: HubServer, client: httpx.Client, url: str, part: Path
) -> None:
    hub.sent["file.bin"] = DATA[:1000]
    with pytest.raises(SourceFailed, match="1,000 bytes of the published 512,000"):
        fetch(client, url, part)
    assert len(hub.asked) == 1


def test_a_longer_file_is_refused(
    hub: HubServer, client: httpx.Client, url: str, part: Path
) -> None:
    hub.sent["file.bin"] = DATA + b"more"
    with pytest.raises(SourceFailed, match="more than the published"):
        fetch(client, url, part)


def test_a_server_that_breaks_off_at_once_is_given_up(
    hub: HubServer, client: httpx.Client, url: str, part: Path
) -> None:
    hub.cuts = [0] * 30
    with pytest.raises(SourceFailed):
        fetch(client, url, part)
    assert len(hub.asked) == 1


def test_a_server_that_always_breaks_off_is_given_up(
    hub: HubServer, client: httpx.Client, url: str, part: Path
) -> None:
    hub.cuts = [10] * 100
    with pytest.raises(SourceFailed, match="broke 20 times"):
        fetch(client, url, part)
    assert part.stat().st_size == 200


@pytest.mark.parametrize("status", [401, 404, 503])
def test_a_refusal_is_told_with_its_status(
    hub: HubServer, client: httpx.Client, url: str, part: Path, status: int
) -> None:
    hub.status = status
    with pytest.raises(SourceFailed, match=str(status)):
        fetch(client, url, part)
    assert not part.exists()


def test_nobody_there_is_told_at_once(client: httpx.Client, part: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(SourceFailed, match="refused"):
        fetch(client, f"http://127.0.0.1:{port}/file.bin", part)
