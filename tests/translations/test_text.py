"""Texts become words in the language of their reader."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

import translations.text as text_module
from translations import (
    LANGUAGES,
    Text,
    ago,
    clause,
    duration,
    lines,
    listing,
    message,
    number,
    plural,
    sentences,
    small,
    verbatim,
)
from translations.catalogue import Key, Translations, translations

FRUIT: dict[Key, tuple[str, ...]] = {
    ("{count} apple for {name}", None): ("{count} Apfel für {name}", "{count} Äpfel für {name}"),
    ("Good morning, {name}.", None): ("Guten Morgen, {name}.",),
    ("Wrong.", None): ("Falsch, {stranger}.",),
    ("red", None): ("rot",),
    ("It is {colour}.", None): ("Es ist {colour}.",),
}


@pytest.fixture(autouse=True)
def fruit(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A catalogue of one language, and a log that has told nothing yet."""
    catalogue = Translations(FRUIT, lambda count: int(count != 1))
    known = {"de": catalogue}
    monkeypatch.setattr(text_module, "translations", lambda each: known.get(each, Translations()))
    text_module._log_once.cache_clear()
    yield
    text_module._log_once.cache_clear()


def test_one_text_is_read_in_two_languages() -> None:
    text = message("Good morning, {name}.", name="Ann")
    assert text.to("en") == "Good morning, Ann."
    assert text.to("de") == "Guten Morgen, Ann."
    assert str(text) == "Good morning, Ann."


@pytest.mark.parametrize(
    ("count", "german"), [(1, "1 Apfel für Ann"), (0, "0 Äpfel für Ann"), (3, "3 Äpfel für Ann")]
)
def test_a_plural_takes_the_form_of_the_language(count: int, german: str) -> None:
    text = plural("{count} apple for {name}", "{count} apples for {name}", count=count, name="Ann")
    assert text.to("de") == german
    assert text.to("en") == f"{count} apple{'' if count == 1 else 's'} for Ann"


def test_a_text_within_a_text_has_its_language() -> None:
    text = message("It is {colour}.", colour=message("red"))
    assert text.to("de") == "Es ist rot."


def test_a_value_may_look_like_a_placeholder() -> None:
    text = message("Good morning, {name}.", name="{name} {0} {name.__class__} {")
    assert text.to("de") == "Guten Morgen, {name} {0} {name.__class__} {."


def test_a_faulty_translation_is_english_and_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for _ in range(3):
        assert message("Wrong.").to("de") == "Wrong."
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert "stranger" in record.getMessage()


def test_a_missing_translation_is_english_and_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for _ in range(3):
        assert message("Unheard of.").to("de") == "Unheard of."
    assert len(caplog.records) == 1


def test_a_forgotten_value_does_not_stop_the_bot(caplog: pytest.LogCaptureFixture) -> None:
    assert message("Good morning, {name}.").to("de") == "Good morning, {name}."
    assert "name" in caplog.text


def test_sentences_are_separated_as_the_language_does() -> None:
    two = sentences(verbatim("A."), None, verbatim("B."))
    assert two.to("en") == two.to("de") == "A. B."
    assert sentences(verbatim("一。"), verbatim("二。")).to("ja") == "一。二。"


def test_lines_and_small_letters_are_the_same_everywhere() -> None:
    text = lines((verbatim("above"), small(verbatim("below"))))
    assert {text.to(each) for each in LANGUAGES} == {"above\n-# below"}


@pytest.mark.parametrize(
    ("sentence", "language", "expected"),
    [("It is full.", "en", "It is full"), ("満員です。", "ja", "満員です"), ("lost", "en", "lost")],
)
def test_a_clause_has_no_full_stop(sentence: str, language: str, expected: str) -> None:
    assert clause(verbatim(sentence)).to(language) == expected


@pytest.mark.parametrize(
    ("text", "english", "german", "japanese"),
    [
        (number(1234.56, decimals=1), "1,234.6", "1.234,6", "1,234.6"),
        (number(12), "12", "12", "12"),
        (duration(12.4), "12 seconds", "12 Sekunden", "12 秒"),
        (duration(89), "89 seconds", "89 Sekunden", "89 秒"),
        (duration(179), "3 minutes", "3 Minuten", "3 分"),
        (duration(7200), "2 hours", "2 Stunden", "2 時間"),
        (ago(5), "5 seconds ago", "vor 5 Sekunden", "5 秒前"),
        (ago(0.1), "1 second ago", "vor 1 Sekunde", "1 秒前"),
        (listing(["a", verbatim("b"), "c"]), "a, b, and c", "a, b und c", "a、b、c"),
    ],
)
def test_numbers_and_times_are_those_of_the_language(
    text: Text, english: str, german: str, japanese: str
) -> None:
    assert text.to("en") == english
    assert text.to("de") == german
    assert text.to("ja") == japanese


def test_a_whole_number_among_the_values_is_written_as_the_language_does() -> None:
    text = message("Good morning, {name}.", name=12345)
    assert text.to("en") == "Good morning, 12,345."
    assert text.to("de") == "Guten Morgen, 12.345."


def test_equal_texts_are_equal() -> None:
    assert message("red") == message("red")
    assert message("It is {colour}.", colour="a") != message("It is {colour}.", colour="b")
    assert len({message("red"), message("red"), verbatim("red")}) == 2


def test_english_has_no_catalogue() -> None:
    assert translations("en") == Translations()


@pytest.mark.parametrize(
    ("words", "spanish"),
    [
        (["alemán", "inglés"], "alemán e inglés"),
        (["Ana", "Ben", "Irene"], "Ana, Ben e Irene"),
        (["hielo", "hierro"], "hielo y hierro"),
        (["inglés", "alemán"], "inglés y alemán"),
        (["inglés"], "inglés"),
    ],
)
def test_spanish_has_another_and_before_the_same_sound(words: list[str], spanish: str) -> None:
    assert listing(words).to("es") == spanish
