"""What answers a question of the bot, in six languages."""

from __future__ import annotations

from itertools import combinations

import pytest

from pipeline.language.lexicons.answers import ANSWERS
from pipeline.language.spoken_answers import (
    Verdict,
    chosen_options,
    gives_back,
    is_acknowledged,
    searched_for,
    takes_over,
    verdict_in,
)

ALLOWED, REFUSED = Verdict(True, True), Verdict(False, True)
AGREED, DISAGREED = Verdict(True, False), Verdict(False, False)


@pytest.mark.parametrize(
    ("text", "code", "meant"),
    [
        ("Yes, do it.", "en", ALLOWED),
        ("Okay, go ahead, please.", "en", ALLOWED),
        ("Yes.", "en", AGREED),
        ("No, don't do it!", "en", REFUSED),
        ("Please don't.", "en", REFUSED),
        ("No thanks.", "en", DISAGREED),
        ("Ja, mach das.", "de", ALLOWED),
        ("Ja bitte.", "de", AGREED),
        ("Nein, mach das nicht.", "de", REFUSED),
        ("Oui, vas-y.", "fr", ALLOWED),
        ("D'accord.", "fr", AGREED),
        ("Non, ne le fais pas.", "fr", REFUSED),
        ("Sí, hazlo.", "es", ALLOWED),
        ("No, no lo hagas.", "es", REFUSED),
        ("Sim, pode fazer.", "pt", ALLOWED),
        ("Não, não faça isso.", "pt", REFUSED),
        ("はい、やってください。", "ja", ALLOWED),
        ("いいえ、しないでください。", "ja", REFUSED),
        ("Ja, mach das.", "en", ALLOWED),
    ],
)
def test_yes_and_no(text: str, code: str, meant: Verdict) -> None:
    assert verdict_in(text, code) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Yes, and then she left.",
        "No, yes.",
        "Yes, but don't do it.",
        "Did you do it?",
        "Please",
        "Do it tomorrow when everyone is asleep.",
        "Ja, das habe ich ihm gesagt.",
    ],
)
def test_other_words_answer_nothing(text: str) -> None:
    assert verdict_in(text, "en") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("I've got it.", "en"),
        ("Got it, thanks.", "en"),
        ("Okay, understood.", "en"),
        ("I'm on it!", "en"),
        ("Verstanden, danke.", "de"),
        ("Ich kümmere mich drum.", "de"),
        ("Bien reçu, merci.", "fr"),
        ("Entendido, gracias.", "es"),
        ("Entendi, obrigado.", "pt"),
        ("了解しました。", "ja"),
    ],
)
def test_an_acknowledgement(text: str, code: str) -> None:
    assert is_acknowledged(text, code)


@pytest.mark.parametrize("text", ["Yes.", "Thanks.", "I got it wrong.", "", "Have you got it?"])
def test_no_acknowledgement(text: str) -> None:
    assert not is_acknowledged(text, "en")


COLOURS = ["Blue", "Light blue", "Dark red (Recommended)"]


@pytest.mark.parametrize(
    ("text", "code", "chosen"),
    [
        ("The second one, please.", "en", (1,)),
        ("Number three.", "en", (2,)),
        ("2", "en", (1,)),
        ("I'd take dark red.", "en", (2,)),
        ("Light blue!", "en", (1,)),
        ("Blue.", "en", (0,)),
        ("Die zweite bitte.", "de", (1,)),
        ("La deuxième.", "fr", (1,)),
        ("El tercero.", "es", (2,)),
        ("A primeira, por favor.", "pt", (0,)),
        ("二番でお願いします。", "ja", (1,)),
        ("What is the weather like?", "en", ()),
        ("The fourth one.", "en", ()),
        ("Dark red or blue?", "en", ()),
        ("", "en", ()),
    ],
)
def test_an_option(text: str, code: str, chosen: tuple[int, ...]) -> None:
    assert chosen_options(text, COLOURS, code) == chosen


def test_several_options_where_they_may_be() -> None:
    assert chosen_options("Dark red and blue.", COLOURS, "en", several=True) == (0, 2)
    assert chosen_options("The first and the third.", COLOURS, "en", several=True) == (0, 2)


def test_a_yes_chooses_the_option_that_says_yes() -> None:
    assert chosen_options("Sure, go ahead.", ["Yes (Recommended)", "No"], "en") == (0,)
    assert chosen_options("Nope.", ["Yes", "No"], "en") == (1,)
    assert chosen_options("Yes.", ["Staging", "Production"], "en") == ()


@pytest.mark.parametrize(
    ("text", "code", "query"),
    [
        ("Search the web for the height of Mont Blanc.", "en", "the height of Mont Blanc"),
        ("Please search the internet for O'Brien's pub", "en", "O'Brien's pub"),
        ("Such im Internet nach Zügen nach Köln!", "de", "Zügen nach Köln"),
        ("Kannst du im Internet nach Zügen suchen?", "de", "Zügen"),
        ("Cherche sur internet la hauteur du mont Blanc.", "fr", "la hauteur du mont Blanc"),
        ("Busca en internet la altura del Teide.", "es", "la altura del Teide"),
        ("Pesquise na internet a altura do Pico.", "pt", "a altura do Pico"),
        ("富士山の高さをネットで検索してください。", "ja", "富士山の高さ"),
    ],
)
def test_a_search(text: str, code: str, query: str) -> None:
    assert searched_for(text, code) == query


@pytest.mark.parametrize("text", ["Search the web for", "I searched the web for it.", ""])
def test_no_search(text: str) -> None:
    assert searched_for(text, "en") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Let me do it.", "en"),
        ("I'll take over.", "en"),
        ("Lass mich das machen.", "de"),
        ("Laisse-moi faire.", "fr"),
        ("Déjame a mí.", "es"),
        ("Deixa eu fazer.", "pt"),
        ("私がやります。", "ja"),
    ],
)
def test_a_takeover(text: str, code: str) -> None:
    assert takes_over(text, code)
    assert not gives_back(text, code)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("You can take over again.", "en"),
        ("Over to you.", "en"),
        ("Du bist wieder dran.", "de"),
        ("Tu peux reprendre.", "fr"),
        ("Te toca otra vez.", "es"),
        ("É com você de novo.", "pt"),
        ("また答えてください。", "ja"),
    ],
)
def test_a_return(text: str, code: str) -> None:
    assert gives_back(text, code)
    assert not takes_over(text, code)


def test_no_phrase_agrees_in_one_language_and_refuses_in_another() -> None:
    for first, second in combinations(ANSWERS.values(), 2):
        assert not (first.yes | first.go) & (second.no | second.dont)
        assert not (first.no | first.dont) & (second.yes | second.go)
