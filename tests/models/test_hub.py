from __future__ import annotations

import hashlib
from collections.abc import Iterator

import httpx
import pytest

from models.errors import SourceFailed
from models.hub import Hub, RepoFile
from models.settings import ModelsSettings
from tests.models.hub_server import COMMIT, HubServer

WEIGHTS = b"w" * 5000


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5, trust_env=False) as client:
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
