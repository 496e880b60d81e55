"""Written text as it is spoken."""

from __future__ import annotations

import pytest

from pipeline.languages import GERMAN
from pipeline.spoken_form import code_summary, spoken_form, table_rows

SMILE, FLAG, KEYCAP = "\U0001f600", "\U0001f1e9\U0001f1ea", "1\ufe0f\u20e3"


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("It is half past seven, sir.", "It is half past seven, sir."),
        ("**Bold**, *it*, ***both*** and _under_.", "Bold, it, both and under."),
        ("Call `load_all()` in my_file.py now.", "Call load_all() in my_file.py now."),
        ("5 * 3 * 2 is 30.", "5 * 3 * 2 is 30."),
        ("__init__ and snake_case_name stay.", "init and snake_case_name stay."),
        ("~~old~~ new ||secret||", "old new secret"),
        ("## A heading", "A heading"),
        ("- [x] milk", "milk"),
        ("* bread", "bread"),
        ("> a quote", "a quote"),
        ("-# small print", "small print"),
        ("2. Second step.", "2. Second step."),
        ("-5 degrees", "-5 degrees"),
        ("See [the docs](https://docs.python.org/3/).", "See the docs."),
        ("![a cat](https://x.org/cat.png)", "a cat"),
        ("See <https://www.example.com/a?b=c>.", "See example.com."),
        (
            "Go to https://user@sub.example.com:8080/x, then stop.",
            "Go to sub.example.com, then stop.",
        ),
        ("Is it www.example.org?", "Is it example.org?"),
        ("Mail me@example.com at 10:30:45.", "Mail me@example.com at 10:30:45."),
        ("<@42> and <@!7> met in <#5>.", "Ann and someone met in a channel."),
        ("<@&3> come", "a role come"),
        ("Well done <:party:123> <a:dance:4> :tada:!", "Well done!"),
        ("Use </join:123> at <t:1700000000:R>.", "Use join at."),
        (f"Hi {SMILE} there {FLAG}", "Hi there"),
        (f"Press {KEYCAP} \u2764\ufe0f", "Press 1"),
        ("This — I think — works -> well", "This, I think, works, well"),
        ("Salt & pepper, R&D", "Salt and pepper, R&D"),
        ("2 &lt; 3 &amp; more", "2 < 3 and more"),
        ("one<br>two <b>three</b>", "one two three"),
        ("a  lot\tof   space .", "a lot of space."),
        ("**Half a mark", "Half a mark"),
        ("the other half**", "the other half"),
        (f"{SMILE} !!! ---", ""),
        ("", ""),
    ],
)
def test_marks_are_not_read_out(written: str, spoken: str) -> None:
    assert spoken_form(written, names={42: "Ann"}) == spoken


def test_words_are_put_in_the_language_of_the_reply() -> None:
    assert spoken_form("<@1> & <#2>", GERMAN) == "jemand und ein Kanal"
    assert code_summary("py", 2, GERMAN) == "Ein Codeblock in Python, 2 Zeilen."


@pytest.mark.parametrize(
    ("name", "lines", "spoken"),
    [
        ("python", 1, "A code block in Python, 1 line."),
        ("", 12, "A code block, 12 lines."),
        ("brainfuzz", 3, "A code block in brainfuzz, 3 lines."),
    ],
)
def test_code_is_named_not_read(name: str, lines: int, spoken: str) -> None:
    assert code_summary(name, lines) == spoken


def test_a_table_is_read_by_its_columns() -> None:
    rows = ["| Name | Age |", "|:---|---:|", "| Ada | 36 |", "| Bob |  |", "| Cy | 9 |"]
    assert table_rows(rows, 5) == ["Name: Ada, Age: 36.", "Name: Bob.", "Name: Cy, Age: 9."]
    assert table_rows(rows, 2) == ["Name: Ada, Age: 36.", "Name: Bob.", "And 1 more row."]
    assert table_rows(rows, 0) == ["And 3 more rows."]


def test_a_table_without_a_head_is_read_as_it_is() -> None:
    assert table_rows(["| a | b |", "| c | d |"], 5) == ["a, b.", "c, d."]
    with pytest.raises(ValueError, match="at least one row"):
        table_rows([], 5)
