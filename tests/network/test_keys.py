from __future__ import annotations

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from discord_bot.settings import DiscordSettings
from network.keys import bot_token, header_text
from openclaw_client.settings import OpenClawConfig
from server.settings import TtsSettings

DRESSED = [
    "{}",
    " {}\n",
    "“{}”",
    "‘{}’",
    "„{}“",
    "«{}»",
    '"{}"',
    "'{}'",
    "`{}`",
    "\ufeff{}\u200b",
    "\u00a0{}\u3000",
    '"“{}” "',
]


@pytest.mark.parametrize("dress", DRESSED)
def test_what_copying_left_on_a_key_is_taken_off(dress: str) -> None:
    assert header_text(dress.format("sk-1234")) == "sk-1234"
    assert bot_token(dress.format("a.b-c.d_e")) == "a.b-c.d_e"
    given_ = OpenClawConfig.model_validate({"auth_token": dress.format("s3cret")})
    assert given_.auth_token == SecretStr("s3cret")


@pytest.mark.parametrize("prefix", ["Bot ", "bot  ", "Bearer ", '"Bot ', "“Bot "])
def test_the_word_before_a_bots_token_is_taken_off(prefix: str) -> None:
    closing = {'"': '"', "“": "”"}.get(prefix[0], "")
    assert bot_token(f"{prefix}a.b.c{closing}") == "a.b.c"
    assert bot_token(f"{prefix.strip(chr(34) + '“')}“a.b.c”") == "a.b.c"


def test_characters_that_are_not_seen_are_taken_out_of_the_middle_too() -> None:
    assert bot_token("a.b\u200b.c") == "a.b.c"
    assert header_text("sk\u00ad-12\u206034") == "sk-1234"


@pytest.mark.parametrize("char", ["’", "é", "\t", "\x00", "\x1b", "\r", "\u3000", "😀", "\udcff"])
def test_a_key_that_no_header_carries_is_refused_and_not_shown(char: str) -> None:
    for make in (
        lambda: TtsSettings.model_validate({"api_key": f"hunter{char}2secret"}),
        lambda: DiscordSettings.model_validate({"token": f"hunter{char}2secret"}),
    ):
        with pytest.raises(ValidationError) as refused:
            make()
        words = refused.value.errors(include_input=False)[0]["msg"]
        assert f"U+{ord(char):04X}" in words
        assert "character 7" in words
        assert "hunter" not in words


@pytest.mark.parametrize("text", ["a b.c", "<token>", "a.b.c,d"])
def test_what_no_bots_token_has_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="copy the key again"):
        bot_token(text)


def test_the_gateways_token_may_be_in_any_alphabet_for_it_is_no_header() -> None:
    assert OpenClawConfig.model_validate({"auth_token": "schlüssel 1"}).auth_token == SecretStr(
        "schlüssel 1"
    )
    with pytest.raises(ValidationError, match=r"U\+001B"):
        OpenClawConfig.model_validate({"auth_token": "a\x1bb"})


@given(st.text(max_size=12))
def test_no_client_fails_at_a_key_that_was_taken(text: str) -> None:
    try:
        key = header_text(text)
    except ValueError:
        return
    httpx.Headers({"Authorization": f"Bearer {key}"})
