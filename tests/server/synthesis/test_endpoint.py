from __future__ import annotations

import pytest

from server.synthesis.endpoint import Endpoint


@pytest.mark.parametrize(
    ("written", "speech"),
    [
        ("http://box:8880", "http://box:8880/v1/audio/speech"),
        ("http://box:8880/v1/", "http://box:8880/v1/audio/speech"),
        ("http://box:8880/v1/audio/speech", "http://box:8880/v1/audio/speech"),
        (" https://host/openai/v1 ", "https://host/openai/v1/audio/speech"),
    ],
)
def test_every_way_of_writing_leads_to_the_same_path(written: str, speech: str) -> None:
    assert Endpoint.parse(written).speech == speech


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("http://user:secret@box:8880/v1", "http://box:8880"),
        ("https://host/openai/v1", "https://host"),
        ("http://[::1]:8880", "http://[::1]:8880"),
    ],
)
def test_what_is_shown_has_no_login(written: str, shown: str) -> None:
    assert Endpoint.parse(written).shown == shown


@pytest.mark.parametrize(
    ("written", "loopback"),
    [
        ("http://127.0.0.1:1", True),
        ("http://localhost", True),
        ("http://[::1]:1", True),
        ("http://box", False),
    ],
)
def test_loopback_is_known(written: str, *, loopback: bool) -> None:
    assert Endpoint.parse(written).is_loopback is loopback
