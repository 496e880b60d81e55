"""Where a growing text may be cut."""

from __future__ import annotations

import pytest

from pipeline.languages import language
from pipeline.sentence_ends import SentenceEnd, best_place, clause_end, sentence_end

EN, DE = language("en"), language("de")
UNDECIDED = SentenceEnd(None, undecided=True)


def first(text: str, code: str = "en", *, complete: bool = True) -> str | None:
    end = sentence_end(text, language(code), complete=complete).at
    return None if end is None else text[:end]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("It is late. Go home.", "It is late."),
        ("Dr. Smith is in. Wait.", "Dr. Smith is in."),
        ("Mr. and Mrs. Jones left. Then", "Mr. and Mrs. Jones left."),
        ("It costs 3.50 dollars. Or 4.", "It costs 3.50 dollars."),
        ("Version 2.0.1 is out. Good.", "Version 2.0.1 is out."),
        ("See example.com. It is good.", "See example.com."),
        ("Read https://a.org/x.html?q=1. Then come.", "Read https://a.org/x.html?q=1."),
        ("Use e.g. this one. Or that.", "Use e.g. this one."),
        ("The U.S. economy grew. Well.", "The U.S. economy grew."),
        ("He lives in the U.S. She does not.", "He lives in the U.S."),
        ("At 5 p.m. we met. Then", "At 5 p.m. we met."),
        ("We met at 5 p.m. Then we ate.", "We met at 5 p.m."),
        ("J. R. R. Tolkien wrote it. In 1937.", "J. R. R. Tolkien wrote it."),
        ("So do I. And you?", "So do I."),
        ("No. I do not.", "No."),
        ("No. 5 is alive. Yes.", "No. 5 is alive."),
        ("Apples, pears, etc. are fruit. Yes.", "Apples, pears, etc. are fruit."),
        ("I like apples, etc. They are good.", "I like apples, etc."),
        ("Well... maybe so. Yes.", "Well... maybe so."),
        ("Wait… What?", "Wait…"),
        ("What?! Really?", "What?!"),
        ('"Stop." he said. Then', '"Stop." he said.'),
        ('He said "stop." Then he left.', 'He said "stop."'),
        ("(It ended.) Next one.", "(It ended.)"),
        ("**Note.** This matters.", "**Note.**"),
        ("Call `a. b` now. Done.", "Call `a. b` now."),
        ("1. Open the door. Then", "1. Open the door."),
        ("  12) Close it. Then", "  12) Close it."),
        ("In 2024. The end.", "In 2024."),
        ("Node.js is fine. Yes.", "Node.js is fine."),
        ("これは本です。はい。", "これは本です。"),
        ("Yahoo!Answers is gone. Yes.", "Yahoo!Answers is gone."),
        ("no mark at all", None),
    ],
)
def test_english(text: str, sentence: str | None) -> None:
    assert first(text) == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Am 3. Mai kommt er. Gut.", "Am 3. Mai kommt er."),
        ("Es sind 12. Danach gehen wir.", "Es sind 12."),
        ("Der 1. Platz geht an uns. Toll.", "Der 1. Platz geht an uns."),
        ("Das ist z. B. Käse. Gut.", "Das ist z. B. Käse."),
        ("Das ist z.B. Käse. Gut.", "Das ist z.B. Käse."),
        ("Hr. Müller bzw. Fr. Maier kommt. Ja.", "Hr. Müller bzw. Fr. Maier kommt."),
        ("Äpfel, Birnen usw. Dann Nüsse.", "Äpfel, Birnen usw."),
        ("Das kostet 3,50 Euro. Gut.", "Das kostet 3,50 Euro."),
        ("Siehe Abs. 5 des Textes. Gut.", "Siehe Abs. 5 des Textes."),
    ],
)
def test_german(text: str, sentence: str) -> None:
    assert first(text, "de") == sentence


def test_other_languages_have_the_international_abbreviations() -> None:
    assert first("Le Dr. House est là. Oui.", "fr") == "Le Dr. House est là."


@pytest.mark.parametrize(
    ("text", "decided"),
    [
        ("It is late.", UNDECIDED),
        ("It is late. ", SentenceEnd(11)),
        ("It costs 3.", UNDECIDED),
        ("It costs 3.5", SentenceEnd(None)),
        ("We met at 5 p.m. ", UNDECIDED),
        ("We met at 5 p.m. T", SentenceEnd(16)),
        ("We met at 5 p.m. t", SentenceEnd(None)),
        ("Is it late?", UNDECIDED),
        ("Wait... ", UNDECIDED),
    ],
)
def test_the_first_character_after_the_mark_decides(text: str, decided: SentenceEnd) -> None:
    assert sentence_end(text, EN, complete=False) == decided


def test_an_ordinal_waits_for_the_whole_next_word() -> None:
    assert sentence_end("Am 3. Ma", DE, complete=False) == UNDECIDED
    assert sentence_end("Am 3. Mai ", DE, complete=False) == SentenceEnd(None)
    assert sentence_end("Um 3. Dann ", DE, complete=False) == SentenceEnd(5)


def test_eager_takes_a_question_at_once() -> None:
    assert sentence_end("Is it late?", EN, complete=False, eager=True) == SentenceEnd(11)
    assert sentence_end("It is late.", EN, complete=False, eager=True) == UNDECIDED


def test_a_clause_ends_at_a_pause_after_enough_words() -> None:
    text = "Well, the train to the coast leaves soon, I think, at nine"
    assert clause_end(text, 4, 30) == text.index(" I think")
    assert clause_end("It is sunny in Paris, sir", 4, 30) is None
    assert clause_end("It is 1,000,000 to one that this goes", 2, 5) is None
    assert clause_end("The old bridge is closed — until next week", 4, 10) == 26


def test_the_best_place_is_the_last_pause_before_the_limit() -> None:
    assert best_place("aa bb; cc dd, ee ff gg hh ii", 16) == 6
    assert best_place("aa bb cc dd, ee ff gg hh ii", 16) == 12
    assert best_place("aa bb cc dd ee ff gg hh ii", 16) == 15
    assert best_place("a" * 50, 16) == 16


def test_the_best_place_is_never_behind_the_limit() -> None:
    assert best_place("aaaa bbbb cccc dddd", 14) == 14
    assert best_place("aaaa; bbbb, cccc dddd", 16) == 5
