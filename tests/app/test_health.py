from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from app.health import DISCORD, GATEWAY, HEARING, SPEECH, hearing_works, parts_of
from app.services import Services
from discord_bot.bot import VoiceBot
from monitoring.health import is_ready
from openclaw_client import ConnectionState, ConnectionStatus
from pipeline.inference.speech_models import HearingInUse
from server.synthesis.chain import SpeakerInUse
from web.status import PartHealth

WHY = "the speech server does not answer"
URL = "ws://127.0.0.1:18789"


def status(state: ConnectionState, problem: str | None = None) -> ConnectionStatus:
    return ConnectionStatus(state, URL, "2026.9.6", (), problem, None)


def shared(
    gateway: ConnectionStatus | None = None,
    load: float = 0.0,
    speaker: SpeakerInUse | None = None,
    hearing: HearingInUse | None = None,
) -> Services:
    speaks = speaker or SpeakerInUse("http://127.0.0.1:9", True, "")
    parts = SimpleNamespace(
        gateway=SimpleNamespace(status=gateway or status(ConnectionState.UP)),
        models=SimpleNamespace(words_load=load, hearing=hearing or HearingInUse("Whisper base")),
        synthesizer=SimpleNamespace(in_use=lambda: speaks, addresses=("http://box",)),
    )
    return cast(Services, parts)


def bot(*unavailable: bool, ready: bool = True) -> VoiceBot:
    guilds = [SimpleNamespace(unavailable=each) for each in unavailable]
    seen = SimpleNamespace(guilds=guilds, is_ready=lambda: ready, shards={}, sessions={})
    return cast(VoiceBot, seen)


def part(name: str, parts: list[PartHealth]) -> PartHealth:
    return next(each for each in parts if each.name == name)


def test_a_bot_in_order_is_ready_and_nothing_is_to_be_done() -> None:
    parts = parts_of(shared(), bot(False, False))
    assert {each.condition for each in parts} == {"well"}
    assert not any(each.advice for each in parts)
    assert "2 servers" in part(DISCORD, parts).words
    assert is_ready(parts)


@pytest.mark.parametrize("missing", [None, bot(ready=False)], ids=["none", "logging in"])
def test_a_bot_that_is_not_logged_in_is_not_ready(missing: VoiceBot | None) -> None:
    parts = parts_of(shared(), missing)
    assert part(DISCORD, parts).condition == "broken"
    assert "log" in part(DISCORD, parts).advice
    assert not is_ready(parts)


def test_without_discord_there_is_no_part_of_it() -> None:
    parts = parts_of(shared(), None, discord=False)
    assert DISCORD not in {each.name for each in parts}
    assert is_ready(parts)


def test_a_server_that_discord_lost_is_told_and_does_not_stop_the_others() -> None:
    parts = parts_of(shared(), bot(True, False))
    assert part(DISCORD, parts).condition == "impaired"
    assert "1 of 2 servers" in part(DISCORD, parts).words
    assert is_ready(parts)


@pytest.mark.parametrize(
    ("gateway", "words", "advice"),
    [
        (status(ConnectionState.WAITING, f"no answer at {URL}"), "no answer", "keeps trying"),
        (status(ConnectionState.CONNECTING), f"connecting to {URL}", "keeps trying"),
        (status(ConnectionState.STOPPED, "the token is wrong"), "token is wrong", "/join"),
    ],
)
def test_a_gateway_out_of_reach_is_told_with_what_to_do(
    gateway: ConnectionStatus, words: str, advice: str
) -> None:
    parts = parts_of(shared(gateway), bot(False))
    found = part(GATEWAY, parts)
    assert found.condition == "broken"
    assert words in found.words
    assert advice in found.advice
    assert not is_ready(parts)


def test_a_gateway_that_shuts_down_is_impaired() -> None:
    parts = parts_of(shared(status(ConnectionState.DRAINING)), bot(False))
    assert part(GATEWAY, parts).condition == "impaired"


@pytest.mark.parametrize(
    ("speaker", "condition", "words"),
    [
        (SpeakerInUse("http://box", False, ""), "well", "http://box speaks"),
        (SpeakerInUse("http://own", True, WHY), "impaired", "the embedded voice speaks in its"),
        (SpeakerInUse("http://b", False, WHY), "impaired", f"http://box: {WHY}; http://b speaks"),
        (SpeakerInUse("", False, WHY), "broken", "answers are only written"),
    ],
)
def test_who_speaks_is_told_and_why_it_is_not_the_first(
    speaker: SpeakerInUse, condition: str, words: str
) -> None:
    found = part(SPEECH, parts_of(shared(speaker=speaker), bot(False)))
    assert found.condition == condition
    assert words in found.words
    assert bool(found.advice) is (condition != "well")
    assert (WHY in found.words) is (condition != "well")


def test_speech_to_text_that_cannot_keep_up_is_told() -> None:
    words = part(HEARING, parts_of(shared(load=0.5), bot(False))).words
    assert words == "Whisper base: busy about 50% of the time"
    found = part(HEARING, parts_of(shared(load=0.97), bot(False)))
    assert found.condition == "impaired"
    assert "model_size" in found.advice


@pytest.mark.parametrize(
    ("model", "condition", "words"),
    [
        ("Whisper base", "impaired", f"{WHY}; Whisper base transcribes, idle"),
        ("", "broken", f"{WHY}; nothing is understood"),
    ],
)
def test_a_server_of_speech_to_text_that_fails_is_told(
    model: str, condition: str, words: str
) -> None:
    known = shared(hearing=HearingInUse(model, WHY))
    found = part(HEARING, parts_of(known, bot(False)))
    assert (found.condition, found.words) == (condition, words)
    assert "pipeline.stt" in found.advice
    assert not hearing_works(known)
    assert hearing_works(shared())
