"""What acts at once."""

from __future__ import annotations

import pytest

from pipeline.addressee.room_state import LastReply, LastSpeech, RoomState
from pipeline.language.mentions import agent_names
from pipeline.language.voice_commands import (
    Order,
    VoiceCommand,
    answer_to_offer,
    command_in,
    may_command,
)
from pipeline.ports import Speaker
from testing.room import ANN, BEN, JARVIS, SAGE

NAMES = agent_names((JARVIS, SAGE), 0.9)


def order(text: str, language: str | None = "en") -> Order | None:
    command = command_in(text, language, NAMES)
    return None if command is None else command.order


@pytest.mark.parametrize(
    "text",
    [
        "Stop.",
        "Jarvis, stop.",
        "Sage, stop.",
        "Jervis, stop!",
        "Stop, Jarvis!",
        "Hey Jarvis, please stop.",
        "Stop talking.",
        "That's enough.",
        "Never mind.",
        "Jarvis never mind",
        "Okay, stop it, Jarvis",
        "Hör auf.",
        "Jarvis, sei still!",
        "Vergiss es, Jarvis.",
    ],
)
def test_a_call_for_silence(text: str) -> None:
    assert order(text) is Order.STOP


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Louder, please.", Order.LOUDER),
        ("Jarvis, speak up a bit.", Order.LOUDER),
        ("Can you speak louder?", Order.LOUDER),
        ("Quieter, please.", Order.QUIETER),
        ("You're too loud, Jarvis.", Order.QUIETER),
        ("Repeat that, please.", Order.REPEAT),
        ("Can you repeat that?", Order.REPEAT),
        ("Sage, say that again.", Order.REPEAT),
        ("Jarvis, please go on.", Order.GO_ON),
        ("Okay, continue.", Order.GO_ON),
    ],
)
def test_orders_about_the_reply(text: str, expected: Order) -> None:
    assert order(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Stopp!", Order.STOP),
        ("Lauter, bitte.", Order.LOUDER),
        ("Jarvis, sprich etwas leiser.", Order.QUIETER),
        ("Kannst du das wiederholen?", Order.REPEAT),
        ("Wiederhole das bitte.", Order.REPEAT),
        ("Jarvis, erzähl bitte weiter.", Order.GO_ON),
        ("Mach weiter.", Order.GO_ON),
    ],
)
def test_orders_in_german(text: str, expected: Order) -> None:
    assert order(text, "de") is expected


def test_a_short_word_is_known_though_its_language_was_not() -> None:
    assert order("Hör auf.", "en") is Order.STOP
    assert order("Louder, please.", "de") is Order.LOUDER
    assert order("Stop.", "fr") is Order.STOP


@pytest.mark.parametrize(
    ("text", "language", "agent", "request_"),
    [
        ("Ask Sage to tell me a story.", "en", "sage", "Tell me a story."),
        ("Jarvis, ask Sage who wrote that book.", "en", "sage", "Who wrote that book."),
        ("Can you please ask Sage what time it is?", "en", "sage", "What time it is?"),
        ("Ask Jarvis to tell me a joke.", "en", "jarvis", "Tell me a joke."),
        ("Frag Sage, wie spät es ist.", "de", "sage", "Wie spät es ist."),
    ],
)
def test_a_question_passed_on(text: str, language: str, agent: str, request_: str) -> None:
    assert command_in(text, language, NAMES) == VoiceCommand(Order.ASK, True, agent, request_)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Switch to Sage.", "en"),
        ("Jarvis, switch to Sage, please.", "en"),
        ("Let me talk to Sage.", "en"),
        ("Wechsle zu Sage.", "de"),
        ("Jarvis, gib mir bitte Sage.", "de"),
    ],
)
def test_another_agent_is_wanted(text: str, language: str) -> None:
    assert command_in(text, language, NAMES) == VoiceCommand(Order.SWITCH, True, "sage")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Jarvis.",
        "Jarvis, stop the music.",
        "Did the bus stop?",
        "Did you switch to Sage?",
        "When does it stop raining?",
        "Bob, stop.",
        "Bob, ask Sage to tell you a joke.",
        "Never mind the weather, what time is it?",
        "I asked Sage to tell me a story.",
        "Please ask Sage.",
        "Play it louder in the kitchen.",
        "Switch to Sage's calendar.",
        "No.",
        "Please.",
    ],
)
def test_what_is_more_than_a_command_or_less(text: str) -> None:
    assert command_in(text, "en", NAMES) is None


# -- who may -------------------------------------------------------------------------------------

UNNAMED, NAMED = VoiceCommand(Order.LOUDER, named=False), VoiceCommand(Order.LOUDER, named=True)
BOTH = (ANN, BEN)


def may(
    command: VoiceCommand,
    reply: LastReply | None = None,
    speech: LastSpeech | None = None,
    people: tuple[Speaker, ...] = BOTH,
) -> bool:
    room = RoomState(JARVIS, (SAGE,), people, () if speech is None else (speech,), reply)
    return may_command(command, ANN.id, room, exchange_s=30.0)


def test_among_others_a_command_needs_the_name() -> None:
    assert not may(UNNAMED)
    assert may(NAMED)


def test_alone_with_the_agent_it_needs_none() -> None:
    assert may(UNNAMED, people=(ANN,))


def test_over_a_reply_it_needs_none_whoever_spoke_meanwhile() -> None:
    sounding = LastReply(BEN.id, 0.0, sounding=True)
    assert may(UNNAMED, sounding, LastSpeech(BEN.id, "person", 0.5))


def test_in_a_running_exchange_it_needs_none() -> None:
    assert may(UNNAMED, LastReply(ANN.id, 5.0))
    assert not may(UNNAMED, LastReply(ANN.id, 31.0))


def test_talk_among_people_ends_the_exchange() -> None:
    assert not may(UNNAMED, LastReply(ANN.id, 5.0), LastSpeech(BEN.id, "person", 2.0))
    assert may(UNNAMED, LastReply(ANN.id, 5.0), LastSpeech(BEN.id, "agent", 2.0))
    assert may(UNNAMED, LastReply(ANN.id, 5.0), LastSpeech(BEN.id, "person", 9.0))


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("Yes.", "en", Order.GO_ON),
        ("Yes please, Jarvis.", "en", Order.GO_ON),
        ("Go ahead.", "en", Order.GO_ON),
        ("Ja, bitte.", "de", Order.GO_ON),
        ("Ja.", "en", Order.GO_ON),
        ("No, thank you.", "en", Order.DECLINE),
        ("That's enough.", "en", Order.DECLINE),
        ("Nein danke.", "de", Order.DECLINE),
        ("Yes, but what about London?", "en", None),
        ("What time is it?", "en", None),
        ("", "en", None),
    ],
)
def test_an_answer_to_the_offer_of_the_rest(text: str, language: str, wanted: Order | None) -> None:
    command = answer_to_offer(text, language, NAMES)
    assert (None if command is None else command.order) == wanted
