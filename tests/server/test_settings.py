from __future__ import annotations

import pytest
from pydantic import ValidationError

from server.settings import ServerSettings, TtsSettings


@pytest.mark.parametrize("url", ["", "  ", None])
def test_no_address_selects_our_own_server(url: str | None) -> None:
    assert TtsSettings(url=url).url is None


@pytest.mark.parametrize("url", ["box:8880", "ftp://box", "/v1"])
def test_a_bad_address_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(ValidationError, match="http://gpu-box:8880"):
        TtsSettings(url=url)


def test_a_trailing_slash_is_dropped() -> None:
    assert TtsSettings(url="http://box:8880/").url == "http://box:8880"


def test_the_bots_own_fields_cannot_be_overridden() -> None:
    with pytest.raises(ValidationError, match="input, voice: set by the bot itself"):
        TtsSettings(extra_fields={"voice": "x", "input": "y", "stream": True})


def test_the_key_is_not_shown() -> None:
    assert "sk-1234" not in repr(TtsSettings.model_validate({"api_key": "sk-1234"}))


def test_a_port_out_of_range_is_refused() -> None:
    with pytest.raises(ValidationError):
        ServerSettings(port=70_000)
