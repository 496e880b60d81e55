"""Sentence ends and split points in a growing text."""

from __future__ import annotations

import pytest

from pipeline.language.lexicons import language
from pipeline.speaking.text_normalization.sentence_ends import (
    SentenceEnd,
    clause_end,
    question_end,
    sentence_end,
    split_long,
    split_point,
)
from tests.pipeline.speaking.text_normalization.texts import spoken

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


def test_a_question_at_the_end_of_the_text_so_far() -> None:
    assert question_end("Is it late?") == 11
    for text in ("It is late.", 'He asked "Why?', "他说“停！", "See a.org/x?", "5!"):
        assert question_end(text) is None or text == "See a.org/x?"


def test_a_clause_ends_at_a_pause_after_enough_words() -> None:
    text = "Well, the train to the coast leaves soon, I think, at nine"
    assert clause_end(text, 4, 30) == text.index(" I think")
    assert clause_end("It is sunny in Paris, sir", 4, 30) is None
    assert clause_end("It is 1,000,000 to one that this goes", 2, 5) is None
    assert clause_end("The old bridge is closed — until next week", 4, 10) == 26


def test_the_split_point_is_the_last_pause_before_the_limit() -> None:
    assert split_point("aa bb; cc dd, ee ff gg hh ii", 16) == 6
    assert split_point("aa bb cc dd, ee ff gg hh ii", 16) == 12
    assert split_point("aa bb cc dd ee ff gg hh ii", 16) == 15
    assert split_point("a" * 50, 16) == 16


def test_the_split_point_is_never_after_the_limit() -> None:
    assert split_point("aaaa bbbb cccc dddd", 14) == 14
    assert split_point("aaaa; bbbb, cccc dddd", 16) == 5


def test_a_letter_keeps_its_combining_marks() -> None:
    assert split_point("e\u0301" * 20, 15) == 14
    assert "".join(split_long("e\u0301" * 40, 15)) == "e\u0301" * 40


@pytest.mark.parametrize(
    "sentences",
    [
        ["یہ اچھا ہے۔", "وہ آیا۔", "کیا؟", "ہاں۔"],
        ["این خوب است.", "چرا؟", "بله!"],
        ["هذا جيد.", "لماذا؟", "نعم."],
        ["ሰላም ነው።", "እንዴት ነህ፧", "ደህና።"],
        ["আমি ভালো।", "তুমি কেমন?", "ভালো॥"],
        ["मैं ठीक हूँ।", "तुम कैसे हो?", "ठीक।"],
        ["နေကောင်းလား။", "ကောင်းပါတယ်။"],
        ["ជំរាបសួរ។", "សុខសប្បាយ។"],
        ["བཀྲ་ཤིས་བདེ་ལེགས།", "ཁྱེད་རང་།"],
        ["Բարև։", "Ինչպե՞ս ես։", "Լավ։"],
        ["Γεια σου.", "Τι κάνεις;", "Καλά."],
        ["Привет.", "Как дела?", "Хорошо!"],
        ["สวัสดีครับ วันนี้อากาศดีมาก", "ผมอยากไปเที่ยวทะเล และกินอาหาร"],
        ["これは本です。", "元気ですか？", "はい！"],
        ["彼は「止まれ！」と言った。", "はい。"],
        ["「行こう。今だ。」と彼は言った。", "はい。"],
        ["「行こう。」", "彼は言った。"],
        ["（本当です。）", "ええ。"],
        ["他说：“你好！我走了。”然后离开了。", "好。"],
        ["他说「停！」然后离开了。", "好。"],
    ],
)
def test_every_script_is_cut_at_its_own_marks(sentences: list[str]) -> None:
    assert spoken(" ".join(sentences)) == sentences
    if sentences[0][-1] in "。」）":
        assert spoken("".join(sentences)) == sentences


@pytest.mark.parametrize(
    ("text", "code", "sentences"),
    [
        ("El Sr. López vive en EE. UU. desde 2010. Es alto.", None, 2),
        ("La Sra. Ruiz y Ud. van a los JJ. OO. mañana. Bien.", "es", 2),
        ("Vive en EE. UU. Ella no.", "es", 2),
        ("D. Juan y Dña. María viven en la Avda. Sol. Bien.", "es", 2),
        ("M. Dupont et Mme. Curie sont là. Oui.", "fr", 2),
        ("Il sig. Rossi e il dott. Bianchi, ecc. sono qui. Sì.", "it", 2),
        ("O Sr. Silva e a Dra. Lima chegaram. Sim.", "pt", 2),
        ("Dhr. Jansen komt bijv. morgen, d.w.z. snel. Goed.", "nl", 2),
        ("To jest np. kot, tzn. zwierzę. Dobrze.", "pl", 2),
        ("Это т.е. кот на ул. Ленина. Да.", "ru", 2),
        ('He said "Stop!" and left. Then.', "en", 2),
        ('"Stop!" He left.', "en", 2),
        ('She asked "Why?" and "How?" again. Yes.', "en", 2),
        ("Er rief „Halt!“ und ging. Gut.", "de", 2),
        ("Il a dit « Stop ! » et il est parti. Bien.", "fr", 2),
        ("« Stop ! » Il est parti.", "fr", 2),
        ("(Really?) Yes.", "en", 2),
    ],
)
def test_abbreviations_and_quotes_do_not_cut(text: str, code: str | None, sentences: int) -> None:
    found = spoken(text, code)
    assert len(found) == sentences, found
    assert " ".join(found) == text.replace(" !", "!")


def test_a_long_quote_is_spoken_sentence_by_sentence() -> None:
    sentences = spoken("「" + "これはとても長い引用です。" * 20 + "」")
    assert len(sentences) > 2
