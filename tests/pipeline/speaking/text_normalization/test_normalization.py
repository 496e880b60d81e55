"""The spoken form of written text, and the names behind Discord's mentions."""

from __future__ import annotations

import pytest

from pipeline.language.lexicons import GERMAN
from pipeline.speaking.text_normalization import RoomNames
from pipeline.speaking.text_normalization.normalization import TextNormalizer
from testing.room import ANN, BEN
from tests.pipeline.speaking.text_normalization.texts import People

SMILE, FLAG, KEYCAP = "\U0001f600", "\U0001f1e9\U0001f1ea", "1\ufe0f\u20e3"
NAMES = People({42: "Ann"}, {5: "general"}, {3: "Admins"})


def spoken_form(written: str) -> str:
    return TextNormalizer(names=NAMES).normalize_markup(written)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("It is half past seven, sir.", "It is half past seven, sir."),
        ("**Bold**, *it*, ***both*** and _under_.", "Bold, it, both and under."),
        ("Call `load_all()` in my_file.py now.", "Call load_all() in my_file.py now."),
        ("__init__ and snake_case_name stay.", "init and snake_case_name stay."),
        ("C++, v1.2.3 and /home/a_b/c.txt stay.", "C++, v1.2.3 and /home/a_b/c.txt stay."),
        ("All *.py files", "All *.py files"),
        ("~~old~~ new", "old new"),
        ("==marked== words", "marked words"),
        ("||secret|| words", "a spoiler words"),
        ("## A heading", "A heading"),
        ("- [x] milk", "milk"),
        ("* bread", "bread"),
        ("> a quote", "a quote"),
        ("-# small print", "small print"),
        ("2. Second step.", "2. Second step."),
        ("-5 degrees", "-5 degrees"),
        ("~5 minutes, not 3 ~ 5", "about 5 minutes, not 3 ~ 5"),
        ("See [the docs](https://docs.python.org/3/).", "See the docs."),
        ("See [**the** `docs`](<https://a.org/x y> 'A title').", "See the docs."),
        ("See [wiki](https://en.wikipedia.org/wiki/Foo_(bar)).", "See wiki."),
        ("See [this](https://a.org/q[1]).", "See this."),
        ("![a cat](https://x.org/cat.png)", "a cat"),
        ("[![badge](https://x.org/a.png)](https://x.org) Hi", "badge Hi"),
        ("See <https://www.example.com/a?b=c>.", "See example.com."),
        ("Write to <me@example.com>.", "Write to me@example.com."),
        (
            "Go to https://user@sub.example.com:8080/x, then stop.",
            "Go to sub.example.com, then stop.",
        ),
        ("See https://en.wikipedia.org/wiki/Foo_(bar).", "See en.wikipedia.org."),
        ("Is it www.example.org?", "Is it example.org?"),
        ("Mail me@example.com at 10:30:45.", "Mail me@example.com at 10:30:45."),
        ("<@42> and <@!7> met in <#5>.", "Ann and someone met in general."),
        ("<@&3>, <@&4> come to <#6>", "Admins, a role come to a channel"),
        ("Well done <:party:123> <a:dance:4> :tada:!", "Well done!"),
        ("Fine :+1: :100: :wave::skin-tone-2:", "Fine"),
        ("Use </join:123> now.", "Use join now."),
        (f"Hi {SMILE} there {FLAG}", "Hi there"),
        (f"Press {KEYCAP} \u2764\ufe0f", "Press 1"),
        ("This — I think — works -> well", "This, I think, works, well"),
        ("Salt & pepper, R&D", "Salt and pepper, R&D"),
        ("2 &lt; 3 &amp; more", "2 < 3 and more"),
        ("a  lot\tof   space .", "a lot of space."),
        ("**Half a mark", "Half a mark"),
        ("the other half**", "the other half"),
        ("Replace <name> with yours.", "Replace name with yours."),
        (f"{SMILE} !!! ---", ""),
        ("", ""),
    ],
)
def test_markup_is_not_spoken(written: str, spoken: str) -> None:
    assert spoken_form(written) == spoken


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("5*3*2 is 30, and 2**3 is 8.", "5 times 3 times 2 is 30, and 2 to the power of 3 is 8."),
        ("a*b*c", "a times b times c"),
        ("5 * 3 * 2 is 30.", "5 times 3 times 2 is 30."),
        ("It is 2 ** 3, so ** there.", "It is 2 to the power of 3, so there."),
        ("Rated 5 * , they say.", "Rated 5, they say."),
        (r"5\*3 is 15.", "5 times 3 is 15."),
        (r"5 \* 3 is 15.", "5 times 3 is 15."),
        ("width*height is the area.", "width times height is the area."),
        ("(a+b)*(c-d) and x**2", "(a+b) times (c-d) and x to the power of 2"),
        ("**5*3** is *15*.", "5 times 3 is 15."),
        ("**2**x faster, *very* fast", "2x faster, very fast"),
        ("E = mc^2 and 10^6 and 2^{10}", "E = mc squared and 10 to the power of 6 and "
         "2 to the power of 10"),
        ("x^2^ and H~2~O on the 1^st^", "x squared and H2O on the 1st"),
    ],
)  # fmt: skip
def test_arithmetic_is_no_emphasis(written: str, spoken: str) -> None:
    assert spoken_form(written) == spoken


def test_symbols_are_spoken_in_the_language_of_the_reply() -> None:
    normalize = TextNormalizer(GERMAN).normalize_markup
    assert normalize("<@1> & <#2>") == "jemand und ein Kanal"
    spoken = "5 mal 3, 2 hoch 3, ein Spoiler und x Quadrat"
    assert normalize("5*3, 2**3, ||x|| und $x^2$") == spoken


def test_members_of_the_room_come_before_the_guilds() -> None:
    names = RoomNames(People({ANN.id: "Anna K.", 7: "Cy"}, {5: "general"}, {3: "Admins"}))
    names.add(ANN)
    assert [names.person(number) for number in (ANN.id, BEN.id, 7)] == ["Ann", None, "Cy"]
    assert (names.channel(5), names.channel(6)) == ("general", None)
    assert (names.role(3), names.role(4)) == ("Admins", None)


def test_without_a_guild_room_names_knows_the_members_of_the_room() -> None:
    names = RoomNames()
    names.add(ANN)
    assert (names.person(ANN.id), names.person(9)) == ("Ann", None)
    assert names.channel(5) is names.role(3) is None
