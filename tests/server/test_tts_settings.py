"""The settings of the servers that the bot speaks through."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from server.settings import TtsSettings

CHAIN = [
    {"url": "https://api.openai.com", "api_key": "sk-x", "model": "gpt-4o-mini-tts"},
    {"url": "http://closet:8004", "voices": {"jarvis": "Max.wav"}, "first_byte_timeout_s": 4},
]


def test_each_server_of_the_chain_has_its_own_settings_and_the_shared_ones() -> None:
    tts = TtsSettings.model_validate(
        {
            "url": "http://box:8880",
            "model": "kokoro",
            "extra_fields": {"stream": True},
            "chain": CHAIN,
            "trim_leading_silence": False,
        }
    )
    first, openai, closet = tts.servers()
    assert (first.url, first.model, first.extra_fields) == (
        "http://box:8880",
        "kokoro",
        {"stream": True},
    )
    assert (openai.model, openai.extra_fields, openai.voices) == ("gpt-4o-mini-tts", {}, {})
    assert openai.api_key is not None
    assert openai.api_key.get_secret_value() == "sk-x"
    assert (closet.api_key, closet.first_byte_timeout_s) == (None, 4)
    assert closet.voices == {"jarvis": "Max.wav"}
    assert not any(each.trim_leading_silence or each.chain for each in tts.servers())


def test_without_a_named_server_there_is_none() -> None:
    assert TtsSettings().servers() == ()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"chain": CHAIN}, "move its first server to url"),
        ({"url": "http://box", "chain": [{"model": "x"}]}, "needs an address"),
        ({"url": "http://box", "chain": [{"url": "", "name": "x"}]}, "needs an address"),
        ({"url": "http://box", "chain": [{"url": "http://box", "stand_in": True}]}, "stand_in"),
        ({"url": "http://box", "chain": [{"url": "http://b"}] * 9}, "at most 8"),
    ],
)
def test_a_wrong_chain_is_refused_with_its_place(given: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TtsSettings.model_validate(given)
    assert told in str(refused.value)
    assert "chain" in str(refused.value)
