"""Voice commands by their words."""

from __future__ import annotations

import pytest

from pipeline.language.lexicons import LANGUAGES, Language, language
from pipeline.language.voice_commands import CommandKind, VoiceCommand, answer_to_offer
from tests.pipeline.parsing import parsed


def kind_of(command: VoiceCommand | None) -> CommandKind | None:
    return None if command is None else command.kind


def kind(text: str, language: str | None = "en") -> CommandKind | None:
    return kind_of(parsed(text, language).command)


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
        "Jarvis, shut up, man.",
        "Dude, stop, Jarvis!",
        "Hör auf.",
        "Jarvis, sei still!",
        "Vergiss es, Jarvis.",
    ],
)
def test_stop_commands(text: str) -> None:
    assert kind(text) is CommandKind.STOP


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Louder, please.", CommandKind.LOUDER),
        ("Jarvis, speak up a bit.", CommandKind.LOUDER),
        ("Can you speak louder?", CommandKind.LOUDER),
        ("Quieter, please.", CommandKind.QUIETER),
        ("You're too loud, Jarvis.", CommandKind.QUIETER),
        ("Repeat that, please.", CommandKind.REPEAT),
        ("Can you repeat that?", CommandKind.REPEAT),
        ("Sage, say that again.", CommandKind.REPEAT),
        ("Jarvis, please go on.", CommandKind.CONTINUE),
        ("Okay, continue.", CommandKind.CONTINUE),
    ],
)
def test_commands_about_the_reply(text: str, expected: CommandKind) -> None:
    assert kind(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Stopp!", CommandKind.STOP),
        ("Lauter, bitte.", CommandKind.LOUDER),
        ("Jarvis, sprich etwas leiser.", CommandKind.QUIETER),
        ("Kannst du das wiederholen?", CommandKind.REPEAT),
        ("Wiederhole das bitte.", CommandKind.REPEAT),
        ("Jarvis, erzähl bitte weiter.", CommandKind.CONTINUE),
        ("Mach weiter.", CommandKind.CONTINUE),
        ("Sag das bitte noch mal.", CommandKind.REPEAT),
        ("Noch mal, bitte.", CommandKind.REPEAT),
        ("Reden Sie bitte etwas leiser.", CommandKind.QUIETER),
    ],
)
def test_german_commands(text: str, expected: CommandKind) -> None:
    assert kind(text, "de") is expected


@pytest.mark.parametrize("known", LANGUAGES, ids=lambda known: known.code)
def test_every_listed_phrase_is_a_command_also_where_it_has_a_word_like_a_name(
    known: Language,
) -> None:
    listed = (
        (CommandKind.LOUDER, known.louder_phrases),
        (CommandKind.QUIETER, known.quieter_phrases),
        (CommandKind.REPEAT, known.repeat_phrases),
        (CommandKind.CONTINUE, known.continue_phrases),
    )
    for expected, phrases in listed:
        for phrase in phrases:
            assert kind(phrase, known.code) is expected, phrase


def test_words_of_a_phrase_are_no_name_in_a_command() -> None:
    command = parsed("Sag das noch einmal.", "de").command
    assert command == VoiceCommand(CommandKind.REPEAT, named=False)
    assert kind("Noch.", "de") is None


def test_a_stop_behind_or_before_a_name_in_katakana_needs_no_space() -> None:
    for text in ("ジャービスストップ", "ストップジャービス", "ストップストップジャービス"):
        command = parsed(text, "ja").command
        assert command == VoiceCommand(CommandKind.STOP, named=True), text
    assert kind("ストップウォッチ", "ja") is None


def test_a_command_is_found_though_its_language_was_detected_wrongly() -> None:
    assert kind("Hör auf.", "en") is CommandKind.STOP
    assert kind("Louder, please.", "de") is CommandKind.LOUDER
    assert kind("Stop.", "fr") is CommandKind.STOP


@pytest.mark.parametrize(
    ("text", "language", "agent", "request_"),
    [
        ("Ask Sage to tell me a story.", "en", "sage", "Tell me a story."),
        ("Jarvis, ask Sage who wrote that book.", "en", "sage", "Who wrote that book."),
        ("Can you please ask Sage what time it is?", "en", "sage", "What time it is?"),
        ("Ask Jarvis to tell me a joke.", "en", "jarvis", "Tell me a joke."),
        ("Jarvis asked Sage who wrote that book.", "en", "sage", "Who wrote that book."),
        ("Jarvis, asks Sage to sing.", "en", "sage", "Sing."),
        ("Frag Sage, wie spät es ist.", "de", "sage", "Wie spät es ist."),
    ],
)
def test_a_relayed_question(text: str, language: str, agent: str, request_: str) -> None:
    assert parsed(text, language).command == VoiceCommand(CommandKind.RELAY, True, agent, request_)


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
def test_a_switch_to_another_agent(text: str, language: str) -> None:
    assert parsed(text, language).command == VoiceCommand(CommandKind.SWITCH_AGENT, True, "sage")


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
        "Shut up, man.",
        "Wait, today?",
        "That's plenty?",
        "Jarvis, no more stories about dragons.",
        "Bob, ask Sage to tell you a joke.",
        "Never mind the weather, what time is it?",
        "I asked Sage to tell me a story.",
        "You can tell Sage to wait.",
        "Jarvis asked Sage yesterday.",
        "Bob asked Sage who wrote that book.",
        "Please ask Sage.",
        "Play it louder in the kitchen.",
        "Switch to Sage's calendar.",
        "No.",
        "Please.",
    ],
)
def test_utterances_that_are_no_command(text: str) -> None:
    assert parsed(text).command is None


def test_a_person_who_is_told_to_stop_an_agent_does_not_stop_it() -> None:
    command = parsed("Tell Jarvis to stop.").command
    assert command is not None
    assert command.kind is CommandKind.RELAY
    assert parsed("Jarvis, stop.").asks_for_silence


@pytest.mark.parametrize(
    ("text", "language", "wanted"),
    [
        ("Yes.", "en", CommandKind.CONTINUE),
        ("Yes please, Jarvis.", "en", CommandKind.CONTINUE),
        ("Go ahead.", "en", CommandKind.CONTINUE),
        ("Ja, bitte.", "de", CommandKind.CONTINUE),
        ("Ja.", "en", CommandKind.CONTINUE),
        ("No, thank you.", "en", CommandKind.DECLINE),
        ("That's enough.", "en", CommandKind.DECLINE),
        ("Nein danke.", "de", CommandKind.DECLINE),
        ("Yes, but what about London?", "en", None),
        ("What time is it?", "en", None),
        ("", "en", None),
    ],
)
def test_an_answer_to_the_offer_of_the_rest(
    text: str, language: str, wanted: CommandKind | None
) -> None:
    assert kind_of(parsed(text, language).offer_answer) == wanted


@pytest.mark.parametrize(
    ("code", "text", "kind"),
    [
        ("es", "Sí, por favor.", CommandKind.CONTINUE),
        ("es", "No, gracias.", CommandKind.DECLINE),
        ("es", "No es suficiente.", None),
        ("fr", "Oui, s'il te plaît.", CommandKind.CONTINUE),
        ("fr", "Non merci.", CommandKind.DECLINE),
        ("fr", "Oui, mais parle plus fort.", None),
        ("ja", "はい、お願いします。", CommandKind.CONTINUE),
        ("ja", "いいえ、結構です。", CommandKind.DECLINE),
        ("ja", "はい、でも明日は雨です。", None),
        ("pt", "Pode continuar.", CommandKind.CONTINUE),
        ("pt", "Não, obrigada.", CommandKind.DECLINE),
    ],
)
def test_an_offer_is_answered_in_every_language_that_it_is_made_in(
    code: str, text: str, kind: CommandKind | None
) -> None:
    answer = answer_to_offer(text, language(code), lambda _: ())
    assert (None if answer is None else answer.kind) is kind
