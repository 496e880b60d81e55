"""Whisper base on neural voices and on noises: words, names, marks, long audio, inventions."""

from __future__ import annotations

import statistics
from collections.abc import Iterable

import numpy as np
import pytest

from app.replay.voice import embedded_voice
from bench.speech.noises import noises
from bench.speech.scoring import is_loop, names_written, plain, word_errors
from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.language_model import LanguageModel
from pipeline.inference.smart_turn import SmartTurn
from pipeline.inference.transcription import Transcription
from pipeline.listening.turn_completion import CompletionEvidence, completion_probability
from pipeline.ports import Voice
from server.settings import ServerSettings
from settings import load_settings
from testing.transcription import to_16k
from testing.transcription import word_errors as misheard
from tests.pipeline.parsing import parsed
from tests.real_models.conftest import Hear
from tests.real_models.lines import AGENTS, NAMED, PAUSED, PEOPLE, SHORT, SIDE_TALK, Line

NAMES = ExpectedNames(AGENTS, PEOPLE)
MARKS = ("full_stop", "question", "exclamation", "comma", "trailing", "end_of_text", "expected")
MOST_ERRORS = 0.1
"""Errors for each word; the measured share is a third of it."""
LINES = (*NAMED, *SIDE_TALK)


def used(heard: Transcription) -> str:
    """The text, empty if it was rejected."""
    return "" if heard.rejected else heard.text


@pytest.fixture(scope="module")
def texts(hear: Hear) -> dict[Line, str]:
    return {line: used(hear(line.in_a_room(), NAMES)) for line in (*LINES, *PAUSED)}


def share_of_errors(texts: Iterable[tuple[str, str]]) -> float:
    pairs = [(plain(said), plain(heard)) for said, heard in texts]
    errors = sum(word_errors(said, heard) for said, heard in pairs)
    return errors / sum(len(said) for said, _ in pairs)


def test_words_are_heard(texts: dict[Line, str]) -> None:
    said = [(line.text, texts[line]) for line in LINES]
    assert share_of_errors(said) <= MOST_ERRORS, said


def test_nothing_is_repeated(texts: dict[Line, str]) -> None:
    looped = [text for line, text in texts.items() if is_loop(plain(line.text), plain(text))]
    assert looped == []


def test_names_are_written_as_they_are_called(texts: dict[Line, str]) -> None:
    calls = [(line.agent.title(), text) for line, text in texts.items() if line.agent]
    written = sum(names_written([name], text) for name, text in calls)
    assert written >= len(calls) - 1, calls


def test_words_to_people_get_no_name_of_an_agent(texts: dict[Line, str]) -> None:
    false = [texts[line] for line in SIDE_TALK if any(name in texts[line] for name in AGENTS)]
    assert false == []


def test_a_single_word_is_no_noise(hear: Hear) -> None:
    heard = [(line.text, hear(line.in_a_room(), NAMES)) for line in SHORT]
    assert sum(bool(used(text)) for _, text in heard) >= len(SHORT) - 1, heard


def test_noises_have_no_words(hear: Hear) -> None:
    tried = [(name, audio) for name, audio in noises() if audio.size <= 3 * HEARD_RATE][::2]
    invented = [(name, text) for name, audio in tried if (text := used(hear(audio, NAMES)))]
    assert len(tried) >= 35
    assert len(invented) <= 1, invented


def test_an_end_is_told_from_a_pause(
    hear: Hear, turn_model: SmartTurn, language_model: LanguageModel
) -> None:
    """Smart Turn, the decoder's marks, the words and SmolLM2, as one probability."""

    def evidence(audio: Samples) -> CompletionEvidence:
        heard = hear(audio, NAMES)
        said = parsed(heard.text) if heard.text else None
        ending = language_model.ending(heard.text) if said is not None else None
        return CompletionEvidence(turn_model.probability(audio), heard.closing, said, ending)

    ends = [evidence(line.in_a_room()) for line in (*NAMED, *PAUSED)]
    pauses = [evidence(Line(line.voice, line.pieces[:1]).in_a_room()) for line in PAUSED]
    for found in ends + pauses:
        assert found.closing is not None
        assert all(0 <= getattr(found.closing, name) <= 1 for name in MARKS), found.closing
    over = [completion_probability(found) for found in ends]
    not_over = [completion_probability(found) for found in pauses]
    assert statistics.mean(over) >= statistics.mean(not_over) + 0.3, (over, not_over)


def test_more_than_half_a_minute_is_heard_to_its_end(hear: Hear) -> None:
    """Whisper's window is 30 s: the words behind it, and around its border, are not lost."""
    gap: Samples = np.zeros(HEARD_RATE // 2, np.float32)
    lines = (*NAMED, *SIDE_TALK, *PAUSED)
    audio = np.concatenate([part for line in lines for part in (line.in_a_room(), gap)])
    assert audio.size > 40 * HEARD_RATE
    said, heard = " ".join(line.text for line in lines), hear(audio, NAMES)
    assert heard.rejected is None
    assert share_of_errors([(said, heard.text)]) <= 1.5 * MOST_ERRORS, heard.text
    assert not is_loop(plain(said), plain(heard.text)), heard.text
    last = plain(lines[-1].text)[-3:]
    assert plain(heard.text)[-3:] == last, heard.text


def test_whisper_understands_the_embedded_voices(weights: object, hear: Hear) -> None:
    own = load_settings().model_copy(update={"server": ServerSettings(engine="kokoro")})
    speak = embedded_voice(own)
    for name in ("jarvis", "sage"):
        text = "It will be sunny and warm in the afternoon."
        heard = hear(to_16k(speak(text, Voice(name)))).text
        assert misheard(text, heard) <= 1, (name, heard)
