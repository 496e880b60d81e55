"""Rejection of texts that Whisper made up."""

from __future__ import annotations

from dataclasses import replace
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
    said_part,
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
    return Evidence(text, **(usual | values))  # type: ignore[arg-type]


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
        (evidence("How hot can I iron it?", no_speech_prob=0.9, avg_logprob=-0.6), "no speech"),
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
        evidence("How hot can I iron it?", no_speech_prob=0.9, avg_logprob=-0.35),
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
    assert [spoken_part(text, NAMES) for text in texts] == texts


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


@pytest.mark.parametrize(
    "text",
    [
        "Thank you. Thank you.", "Okay, thank you.", "Thank you, bye.", "You. You.",
        "Danke. Danke.", "Gracias, adiós.", "谢谢 谢谢",
        "谢谢大家 再见", "Спасибо. Спасибо.", "Vielen Dank. Tschüss.",
    ],
)  # fmt: skip
def test_several_courtesies_are_judged_as_one(text: str) -> None:
    assert rejection(evidence(text, no_speech_prob=0.3, loudness_db=-65.0), NAMES, SETTINGS)
    assert rejection(evidence(text), NAMES, SETTINGS) is None
    assert rejection(evidence(f"{text} Jarvis.", loudness_db=-65.0), NAMES, SETTINGS) is None


@pytest.mark.parametrize("text", ["はい", "はい。はい。", "네", "네. 네.", "Yes.", "Tak, tak."])
def test_an_answer_survives_weak_evidence(text: str) -> None:
    for doubt in ({"no_speech_prob": 0.45, "loudness_db": -30.0}, {"loudness_db": -55.0}):
        assert rejection(evidence(text, **doubt), NAMES, SETTINGS) is None


@pytest.mark.parametrize(
    ("word", "times", "seconds"),
    [
        ("Stop. ", 7, 2.5), ("wait ", 8, 2.5), ("стоп ", 8, 2.5), ("yeah ", 8, 2.5),
        ("да ", 8, 2.0),
        ("Jarvis ", 6, 2.5), ("ストップ", 5, 2.5), ("no, ", 11, 2.5), ("ha ", 11, 2.5),
        ("go ", 11, 2.5), ("はい、", 8, 2.0), ("haha", 8, 3.0), ("Jarvis, stop! ", 5, 3.5),
    ],
)  # fmt: skip
def test_an_urgent_word_may_be_repeated_but_not_by_a_loop(
    word: str, times: int, seconds: float
) -> None:
    said = evidence(word * times, compression_ratio=2.9, duration_ms=seconds * 1000)
    assert rejection(said, NAMES, SETTINGS) is None
    for wrong in (
        replace(said, text=word * 3 * times),
        replace(said, duration_ms=0.0),
        replace(said, no_speech_prob=0.45),
        replace(said, avg_logprob=-0.9),
        replace(said, loudness_db=-55.0),
    ):
        assert "repeats itself" in str(rejection(wrong, NAMES, SETTINGS))


@pytest.mark.parametrize("text", ["you " * 10, "Thank you. " * 8, "I'm sorry. " * 6, "ジャ" * 9])
def test_what_nobody_repeats_is_a_loop(text: str) -> None:
    looped = evidence(text, compression_ratio=2.9, duration_ms=9000.0)
    assert "repeats itself" in str(rejection(looped, NAMES, SETTINGS))


def test_a_line_stays_where_it_was_said_in_one_breath() -> None:
    def said(text: str, **values: float) -> str:
        return said_part(replace(evidence(text, **values), one_breath=True), NAMES, SETTINGS)

    asked = "Jarvis, how do you say this in Japanese? Thanks for watching."
    assert said(asked) == asked
    assert said("Write this down. To be continued.") == "Write this down. To be continued."
    assert said(asked, loudness_db=-60.0) == "Jarvis, how do you say this in Japanese?"
    assert said_part(evidence(asked), NAMES, SETTINGS) == "Jarvis, how do you say this in Japanese?"
    assert said("Thanks for watching.") == ""
    assert said("Thank you. Thanks for watching!") == "Thank you."
    assert said("Stop. Subtitles by the Amara.org community") == "Stop."
    assert said("Спасибо, хватит. Субтитры сделал DimaTorzok") == "Спасибо, хватит."


def test_people_of_the_call_make_no_subtitles() -> None:
    known = ExpectedNames(("Jarvis",), ("Anna",))
    assert spoken_part("Subtitles by Anna Schmidt", known) == "Subtitles by Anna Schmidt"
    assert spoken_part("Subtitles by Anna Schmidt", NAMES) == ""


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
