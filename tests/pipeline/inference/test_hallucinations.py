"""Rejection of texts that Whisper made up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from pipeline.audio import HEARD_RATE
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.inference.hallucinations import (
    Evidence,
    bare_words,
    loudness_db,
    rejection,
    spoken_part,
)
from pipeline.settings import SttSettings

SETTINGS = SttSettings()
NAMES = ExpectedNames(("Jarvis", "Sage"))
LINES = Path(__file__).parent / "lines"


def lines(name: str) -> list[tuple[str, list[str]]]:
    """Each language of a file with its lines."""
    content = yaml.safe_load((LINES / f"{name}.yaml").read_text(encoding="utf-8"))
    return list(content.items())


def evidence(text: str, **values: float) -> Evidence:
    usual = {
        "avg_logprob": -0.3, "no_speech_prob": 0.05, "compression_ratio": 1.1, "loudness_db": -25.0,
    }  # fmt: skip
    return Evidence(text, **(usual | values))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (evidence(""), "no words"),
        (evidence(" ... "), "no words"),
        (evidence("Thank you.", loudness_db=-62.0), "made up on silence"),
        (evidence("Thank you for watching!"), "Whisper makes up"),
        (evidence("Thank you.", duration_ms=6000.0), "made up on silence"),
        (evidence("Thank you. Thanks for watching!"), "made up on silence"),
        (evidence("Yes.", no_speech_prob=0.7, avg_logprob=-0.9), "no speech"),
        (evidence("Stop.", no_speech_prob=0.5, loudness_db=-60.0), "no speech"),
        (evidence("Vielen Dank.", loudness_db=-70.0), "made up on silence"),
        (evidence("Grazie per l'attenzione.", loudness_db=-70.0), "made up on silence"),
        (evidence("Thank you for your attention.", duration_ms=6000.0), "made up on silence"),
        (evidence("¡Hasta la próxima! Gracias por ver el vídeo."), "made up on silence"),
        (evidence("And so it goes.", no_speech_prob=0.9, avg_logprob=-1.2), "no speech"),
        (evidence("Hello there.", no_speech_prob=0.9), "no speech"),
        (evidence("Hello there.", no_speech_prob=0.5, loudness_db=-60.0), "no speech"),
        (evidence("Hello there.", no_speech_prob=0.5, avg_logprob=-1.0), "no speech"),
        (evidence("la la la la la la la la", compression_ratio=3.1), "repeats itself"),
        (evidence("Brzm vlk.", avg_logprob=-1.9), "too unsure"),
        (evidence("Jarvis, Sage.", no_speech_prob=0.5), "echo of the expected names"),
    ],
)
def test_hallucinations_are_rejected_with_the_reason(given: Evidence, why: str) -> None:
    reason = rejection(given, ExpectedNames(("Jarvis",), ("Sage",)), SETTINGS)
    assert reason is not None
    assert why in reason


@pytest.mark.parametrize(
    "given",
    [
        evidence("Thank you."),
        evidence("Thank you very much.", loudness_db=-35.0),
        evidence("Yes.", avg_logprob=-1.2),
        evidence("Stop.", no_speech_prob=0.55),
        evidence("Stop.", loudness_db=-60.0),
        evidence("Stop.", duration_ms=9000.0),
        evidence("Thank you.", duration_ms=1200.0),
        evidence("Jarvis.", loudness_db=-60.0),
        evidence("If you dial one you can ring the console.", no_speech_prob=0.7),
        evidence("Jarvis, Sage."),
        evidence("Danke."),
        # Recorded phrases, as Whisper base hears them in a window of 8 s.
        evidence("Transfer", no_speech_prob=0.44, avg_logprob=-0.86),
        evidence("18", no_speech_prob=0.69, avg_logprob=-0.62),
        evidence("To lock or unlock the conference.", no_speech_prob=0.68, avg_logprob=-0.56),
    ],
)
def test_real_speech_is_kept(given: Evidence) -> None:
    assert rejection(given, ExpectedNames(("Jarvis",)), SETTINGS) is None


@pytest.mark.parametrize(("language", "texts"), lines("inventions"))
def test_lines_that_are_not_said_in_a_call_are_rejected_in_clear_speech(
    language: str, texts: list[str]
) -> None:
    kept = [text for text in texts if rejection(evidence(text), NO_NAMES, SETTINGS) is None]
    assert (language, kept) == (language, [])
    assert [spoken_part(text) for text in texts] == [""] * len(texts)


@pytest.mark.parametrize(("language", "texts"), lines("real_short"))
def test_short_real_words_in_clear_speech_survive(language: str, texts: list[str]) -> None:
    lost = {text: rejection(evidence(text), NAMES, SETTINGS) for text in texts}
    assert (language, {text: why for text, why in lost.items() if why}) == (language, {})
    assert [spoken_part(text) for text in texts] == texts


def test_the_sets_are_large() -> None:
    assert sum(len(texts) for _, texts in lines("inventions")) >= 500
    assert sum(len(texts) for _, texts in lines("real_short")) >= 500


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Jarvis, what time is it? Thanks for watching!", "Jarvis, what time is it?"),
        ("Thank you for watching. Jarvis, stop.", "Jarvis, stop."),
        ("[Music] Jarvis, what time is it?", "Jarvis, what time is it?"),
        ("I think (laughs) that is fine.", "I think   that is fine."),
        ("Wie spät ist es? Untertitel im Auftrag des ZDF, 2021", "Wie spät ist es?"),
        ("Спасибо. Субтитры сделал DimaTorzok", "Спасибо."),
        ("今日は何曜日ですか。ご視聴ありがとうございました", "今日は何曜日ですか。"),
        ("今天星期几 字幕由Amara.org社区提供", "今天星期几"),
        ("字幕由Amara.org社区提供 今天星期几", "今天星期几"),
        ("Untertitel der Amara.org-Community. Hallo.", "Hallo."),
        ("Привет. Редактор субтитров А. Семкин Корректор А. Егорова", "Привет."),
        ("Привіт. Редактор субтитрів М. Іваненко", "Привіт."),
        ("So do I. Thanks for watching!", "So do I."),
        ("Hello. © BF-WATCH TV 2021", "Hello."),
        ("© is the sign of copyright.", "© is the sign of copyright."),
        ("Danke fürs Zuschauen beim Spiel gestern.", "Danke fürs Zuschauen beim Spiel gestern."),
        ("字幕作成して", "字幕作成して"),
        ("Jangan lupa berlangganan koran.", "Jangan lupa berlangganan koran."),
        ("♪ La la la ♪ Jarvis, stop.", "Jarvis, stop."),
        ("(Yes.)", "(Yes.)"),
        ("One. Thanks for watching. Two.", "One. Thanks for watching. Two."),
        ("Thanks for watching. Subscribe! See you in the next video.", ""),
        ("", ""),
    ],
)
def test_only_the_invented_sentences_are_removed(text: str, said: str) -> None:
    assert spoken_part(text) == said


def test_limits_are_settings() -> None:
    strict = SttSettings(reject_log_prob=-0.2, quiet_db=-20.0)
    assert rejection(evidence("Hello."), NO_NAMES, strict) is not None
    assert rejection(evidence("Thank you.", avg_logprob=-0.1), NO_NAMES, strict) is not None


def test_the_loudest_part_counts() -> None:
    clip = np.zeros(3 * HEARD_RATE, np.float32)
    assert loudness_db(clip) == -120.0
    assert loudness_db(np.zeros(0, np.float32)) == -120.0
    clip[HEARD_RATE : HEARD_RATE + HEARD_RATE // 5] = 0.1
    assert loudness_db(clip) == pytest.approx(-20.0, abs=0.1)
    assert loudness_db(np.full(10, 0.1, np.float32)) == pytest.approx(-20.0, abs=0.1)


def test_bare_words() -> None:
    assert bare_words("  Thank you -- for watching!  ") == "thank you for watching"
