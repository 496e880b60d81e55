from __future__ import annotations

import pytest

from demo.pictures.markdown import Names, html, inline

NAMES = Names(
    members={1: "Ann <3"},
    channels={2: "general", 3: "Living room"},
    voice=frozenset({3}),
    roles={4: "Crew"},
)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("plain", "plain"),
        ("**bold** text", "<strong>bold</strong> text"),
        ("*italic* and _italic_", "<em>italic</em> and <em>italic</em>"),
        ("**bold *and italic* **", "<strong>bold <em>and italic</em> </strong>"),
        ("__under__ ~~struck~~", "<u>under</u> <s>struck</s>"),
        ("||hidden||", '<span class="spoiler">hidden</span>'),
        ("`**code**`", "<code>**code**</code>"),
        ("`` a\\*b ``", "<code> a\\*b </code>"),
        (r"\*\*not bold\*\*", "**not bold**"),
        (r"**a \*\* b**", "<strong>a ** b</strong>"),
        ("snake_case_name", "snake_case_name"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("**open", "**open"),
        ("see https://example.org/a_b_c.", "see <a>https://example.org/a_b_c</a>."),
        ("<https://example.org>", "<a>https://example.org</a>"),
        ("[a *label*](https://example.org)", "<a>a <em>label</em></a>"),
        ("<:wave:123>", ":wave:"),
        ("</join:123>", '<span class="mention">/join</span>'),
        ("<#2>", '<span class="mention">#general</span>'),
        ("<#3>", '<span class="mention">🔊 Living room</span>'),
        (
            "see https://discord.com/channels/1/3/5.",
            'see <span class="mention">🔊 Living room › 💬</span>.',
        ),
        ("<@1> <@!1>", '<span class="mention">@Ann &lt;3</span> ' * 2),
        ("<@&4>", '<span class="mention">@Crew</span>'),
        ("<@9>", '<span class="mention">@unknown-user</span>'),
        ("<t:12:R>", '<time data-at="12" data-style="R"></time>'),
        ("<t:12>", '<time data-at="12" data-style="f"></time>'),
    ],
)
def test_marks_within_a_line(written: str, shown: str) -> None:
    assert inline(written, NAMES) == shown.rstrip()


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("one\ntwo", "<div>one</div><div>two</div>"),
        ("one\n\ntwo", "<div>one</div><div>&nbsp;</div><div>two</div>"),
        ("-# small *print*", '<div class="small">small <em>print</em></div>'),
        ("## Title", "<h2>Title</h2>"),
        ("#nothing", "<div>#nothing</div>"),
        ("- one", '<div class="item"><span>•</span>one</div>'),
        ("  - two", '<div class="item deep"><span>◦</span>two</div>'),
        ("1. one", '<div class="item"><span>1.</span>one</div>'),
        ("> a\n> b\nc", "<blockquote><div>a</div><div>b</div></blockquote><div>c</div>"),
        ("```py\na < **b**\n```", "<pre>a &lt; **b**</pre>"),
        ("a\n```b```", "<div>a</div><pre>b</pre>"),
        ("", ""),
    ],
)
def test_lines(written: str, shown: str) -> None:
    assert html(written, NAMES) == shown


@pytest.mark.parametrize(
    "mark", ["{}", "**{}**", "`{}`", "```{}```", "-# {}", "> {}", "||{}||", "[{}](https://a.b)"]
)
def test_markup_in_a_text_is_shown_and_not_run(mark: str) -> None:
    shown = html(mark.format("<script>alert(1)</script>\" onload='x"), NAMES)
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    assert "&quot; onload=&#x27;x" in shown


@pytest.mark.parametrize("piece", ["*", "**a ", "_a", "||", "`", "[a](", "<t:", "\\", "> ", "```"])
def test_the_longest_message_of_any_marks_is_read(piece: str) -> None:
    text = (piece * 4000)[:4000]
    assert html(text, NAMES)
