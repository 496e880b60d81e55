"""What the language model expects behind the words, on its way to the end of the turn."""

from __future__ import annotations

import pytest

from pipeline.errors import Superseded
from pipeline.inference.text_ending import TextEnding
from pipeline.listening.endpoint_rule import FixedSilence, Silences
from pipeline.listening.endpointing import Phase, TurnEnded, TurnSent
from pipeline.listening.turn_completion import CompletionEvidence
from pipeline.settings import PipelineSettings, SttSettings
from tests.pipeline.listening.chunked_speech import Rule, Speech, kinds
from tests.pipeline.listening.recognition_room import Room

pytestmark = pytest.mark.virtual_time

QUESTION = "Jarvis, what time is it?"
NO_PARTIALS = PipelineSettings(stt=SttSettings(partial_interval_s=0))


# -- endpointing ---------------------------------------------------------------------------------


def by_ending(evidence: CompletionEvidence) -> tuple[float, float]:
    """Only what the language model finds to be an end ends soon."""
    silence_ms = 900 if evidence.ending is None else 260
    return silence_ms, silence_ms


def test_the_language_model_adds_to_what_is_known_of_the_pause() -> None:
    rule = Rule(by_ending)
    speech = Speech(rule)
    speech.speak(0.64)
    seen = speech.pause(0.3)
    speech.sure(seen, 0.7)
    speech.words(seen, "What time is it?")
    (ended,) = speech.ending(seen, "What time is it?")
    assert isinstance(ended, TurnEnded)
    known = rule.asked[-1]
    assert (known.turn_probability, known.ending) == (0.7, TextEnding(-0.1, -5.0, -3.0))
    assert known.utterance is not None
    assert known.utterance.text == "What time is it?"


def test_an_ending_of_other_words_or_of_a_pause_that_is_over_is_ignored() -> None:
    speech = Speech(Rule(by_ending))
    speech.speak(0.64)
    seen = speech.pause(0.3)
    assert speech.ending(seen, "What time is it?") == [], "no words are known"
    speech.words(seen, "What time is it?")
    assert speech.ending(seen, "What time") == []
    speech.speak(0.2)
    speech.be_quiet(0.16)
    assert speech.ending(seen, "What time is it?") == []
    assert speech.machine.phase is Phase.PAUSING


def test_a_noise_that_reopens_a_turn_keeps_what_the_language_model_said() -> None:
    def rule(evidence: CompletionEvidence) -> tuple[float, float]:
        return (900, 900) if evidence.ending is None else (300, 1200)

    known = Rule(rule)
    speech = Speech(known)
    speech.speak(0.64)
    seen = speech.pause(0.32)
    speech.words(seen, "What time is it?")
    (sent,) = speech.ending(seen, "What time is it?")
    assert isinstance(sent, TurnSent)
    assert "Reopened" in kinds(speech.speak(0.1))
    speech.words(speech.pause(0.16), "What time is it?")
    assert known.asked[-1].ending == TextEnding(-0.1, -5.0, -3.0)


# -- recognition ---------------------------------------------------------------------------------


class AsTheTextEnds:
    """Words alone end a turn after 0.9 s; the language model may shorten that to 0.4 s."""

    def silences(self, evidence: CompletionEvidence) -> Silences:
        ending = evidence.ending
        over = ending is not None and ending.sentence_end > ending.next_word
        return Silences(400, 400) if over else Silences(900, 900)


ENDS = TextEnding(sentence_end=-0.1, comma=-4.0, next_word=-3.0)
GOES_ON = TextEnding(sentence_end=-3.0, comma=-4.0, next_word=-0.1)


@pytest.mark.parametrize(
    ("ending", "silence_s"),
    [(ENDS, 0.4), (GOES_ON, 0.9), (None, 0.9), (Superseded("another text"), 0.9)],
)
async def test_the_end_of_the_text_moves_the_end_of_the_turn(
    ending: TextEnding | Exception | None, silence_s: float
) -> None:
    async with Room(NO_PARTIALS, AsTheTextEnds()) as room:
        room.models.ending, room.models.ending_ms = ending, 30
        began = await room.say(QUESTION, 1.0)
        await room.pause(1.2)
        assert room.models.texts_read == [QUESTION]
        assert room.one("ended") - began - 1.0 == pytest.approx(silence_s, abs=0.05)
        assert not room.failed


async def test_words_that_are_sure_do_not_wait_for_the_language_model() -> None:
    async with Room(NO_PARTIALS, FixedSilence(300)) as room:
        room.models.ending, room.models.ending_ms = GOES_ON, 5000
        began = await room.say(QUESTION, 1.0)
        await room.pause(6.0)
        assert room.one("ended") - began - 1.0 == pytest.approx(0.3, abs=0.05)
        assert room.one("final").transcription.text == QUESTION


@pytest.mark.parametrize("text", ["Stop.", "..."])
async def test_a_command_and_no_words_do_not_ask_the_language_model(text: str) -> None:
    async with Room(NO_PARTIALS) as room:
        await room.say(text, 0.6)
        await room.pause(3.0)
        assert room.models.texts_read == []


async def test_the_language_model_is_not_asked_about_other_languages() -> None:
    german = PipelineSettings(stt=SttSettings(partial_interval_s=0, language="de"))
    async with Room(german) as room:
        room.models.language = "de"
        await room.say("Jarvis, wie spät ist es?", 1.0)
        await room.pause(2.0)
        assert room.one("final").transcription.text == "Jarvis, wie spät ist es?"
        assert room.models.texts_read == []
