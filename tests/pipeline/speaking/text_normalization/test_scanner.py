"""Markup, tool calls and reasoning in an agent's text are found everywhere and never spoken."""

from __future__ import annotations

import pytest

from tests.pipeline.speaking.text_normalization.texts import cut, spoken

CALL = (
    '<{0}function_calls>\n<{0}invoke name="exec">\n'
    '<{0}parameter name="command">ls. -la</{0}parameter>\n</{0}invoke>\n</{0}function_calls>'
)
ASKED, DONE = "Let me look.", "It is there."


@pytest.mark.parametrize(
    "markup",
    [
        CALL.format(""),
        CALL.format("antml:"),
        '<invoke name="exec"><parameter name="command">ls</parameter></invoke>',
        '<tool_call>\n{"name": "exec", "arguments": {"command": "ls. It"}}\n</tool_call>',
        "<tool_call><function=exec><parameter=command>ls</parameter></function></tool_call>",
        '<function=exec>{"command": "ls"}</function>',
        "<tool_result>\nA file. Another.\n\nAnd one.\n</tool_result>",
        "<minimax:tool_call>ls</minimax:tool_call>",
        '<use_mcp_tool server="a">ls. It</use_mcp_tool>',
        "<web_search>weather. In Paris?</web_search>",
        "<weather><city>Paris. France</city></weather>",
        '<artifact title="A. B">x. Y</artifact>',
        "<|python_tag|>exec('ls'). It<|eom_id|>",
        "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>exec. It<｜tool▁call▁end｜>"
        "<｜tool▁calls▁end｜>",
        "<|tool_calls_section_begin|><|tool_call_begin|>ls<|tool_call_end|>"
        "<|tool_calls_section_end|>",
        "<|START_ACTION|>[]. It<|END_ACTION|>",
        "<|tool_call>call:exec{a}. It<tool_call|>",
        "[THINK]Hm. What?[/THINK]",
        '[TOOL_REQUEST]{"name": "exec"}. It[END_TOOL_REQUEST]',
        "<think>Hm. What?\n\nOr so.</think>",
        "<thinking>Hm. What?</thinking>",
        "<reasoning>Hm. <b>What</b>?</reasoning>",
        "<thinking>Hm.</thinking>",
        "<!-- hidden. It -->",
        "<script>alert(1). It</script>",
    ],
)
def test_a_tool_call_is_neither_spoken_nor_posted(markup: str) -> None:
    assert cut(f"{ASKED} {markup} {DONE}") == ([ASKED, DONE], [])
    assert cut(f"{ASKED}\n{markup}\n{DONE}") == ([ASKED, DONE], [])


@pytest.mark.parametrize(
    "markup",
    [
        '```tool_code\nprint("ls. It")\n```',
        '```json\n{"name": "exec", "arguments": {"command": "ls"}}\n```',
        '{"name": "exec", "arguments": {"command": "ls. It"}}',
        '{"tool": "exec",\n "command": ["ls. It"]\n}',
        "{'tool': 'exec'}",
        '[TOOL_CALLS][{"name": "exec", "arguments": {}}]\n',
        '[Tool Call: exec (ID: 1)]\nArguments: {"command": "ls. It"}\n',
        "[get_weather(city='Paris. France')]",
    ],
)
def test_a_tool_call_as_a_paragraph_is_neither_spoken_nor_posted(markup: str) -> None:
    assert cut(f"{ASKED}\n\n{markup}\n\n{DONE}") == ([ASKED, DONE], [])
    assert cut(markup) == ([], [])


@pytest.mark.parametrize(
    "begun",
    [
        '<function_calls>\n<invoke name="exec">\n<parameter name="command">ls. It',
        '<tool_call>{"name": "ex',
        "<think>Hm. What? It is",
        '{"name": "exec", "arguments": {"command": "ls',
        '```json\n{"name": "exec", "arguments": {"command": "ls"}}',
        "<|python_tag|>exec(. It",
    ],
)
def test_a_truncated_tool_call_is_not_spoken(begun: str) -> None:
    assert spoken(f"{ASKED}\n{begun}")[:1] == [ASKED]
    assert len(spoken(f"{ASKED}\n{begun}")) == 1


def test_channels_of_a_model_are_distinguished() -> None:
    assert spoken(
        "<|channel|>analysis<|message|>They ask. Hm.<|end|><|start|>assistant"
        "<|channel|>final<|message|>It is late. Go home.<|return|>"
    ) == ["It is late.", "Go home."]
    assert spoken("<|im_start|>assistant\nIt is late.<|im_end|>") == ["It is late."]
    assert spoken("<s>It is late.</s>") == ["It is late."]


def test_all_text_before_an_unopened_end_of_reasoning_is_reasoning() -> None:
    text = "They ask for the time. It is late, I think: [x](http://a.org).\n</think>\n\n{}"
    assert cut(text.format(DONE)) == ([DONE], [])
    assert cut(text.format(DONE), 1) == ([DONE], [])


def test_data_that_is_no_tool_call_is_posted() -> None:
    data = '{"sun": 3,\n "rain": [1, 2]}'
    assert cut(f"Here:\n\n{data}\n\n{DONE}") == (["Here:", DONE], [data])
    assert cut("[1, 2, 3]") == ([], ["[1, 2, 3]"])


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("<speak>It is <break time='1s'/>late.</speak>", "It is late."),
        (
            '<speak version="1.1">It <prosody rate="slow">is '
            '<emphasis level="strong">late</emphasis></prosody>.</speak>',
            "It is late.",
        ),
        ('<p><s>It is <say-as interpret-as="x">late</say-as>.</s></p>', "It is late."),
        ("<s>It is</s><s>late.</s>", "It is late."),
        ("<final>It is late.</final>", "It is late."),
        ("It<br>is <b>late</b>.", "It is late."),
        ("H<sub>2</sub>O is wet.", "H2O is wet."),
        ('See <a href="https://a.org/x">this page</a>.', "See this page."),
    ],
)
def test_tags_around_words_are_removed(written: str, said: str) -> None:
    assert spoken(written) == [said]


@pytest.mark.parametrize(
    "said",
    [
        "If x < y and y > z then x is small.",
        "I <3 you.",
        "Is a<b and c>d?",
        "List<String> is a type.",
        "It is <5 and >3.",
        "She said <hello there> to me.",
        "A set {1, 2} and an array [1, 2, x].",
        "He is 5' 3\" tall.",
        "Pay $5 or $10, or $1,000.50 and US$30k.",
        "Set $HOME to C:\\Users\\new.",
    ],
)
def test_symbols_that_are_no_markup_are_spoken(said: str) -> None:
    assert spoken(said)[0].split()[-1] == said.split()[-1]
    assert "".join(filter(str.isalnum, spoken(said)[0])) == "".join(filter(str.isalnum, said))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[[tts:voice=alloy]]It is late.", ["It is late."]),
        ("[[tts:text]]It is [laughs] late.[[/tts:text]]", ["It is [laughs] late."]),
        ("[[reply_to_current]] It is late.", ["It is late."]),
        ("[[ reply_to: 123 ]]It is late.", ["It is late."]),
        ("[[audio_as_voice]]\nIt is late.", ["It is late."]),
        ("It is late.\nMEDIA: https://a.org/cat. It.png\nGo.", ["It is late.", "Go."]),
        ("MEDIA:./a.png", []),
        ("MEDIA: the press of the land.", ["MEDIA: the press of the land."]),
        ("HEARTBEAT_OK", []),
        ("NO_REPLY", []),
        ("**NO_REPLY**\n", []),
        ("It is late.\n\nNO_REPLY", ["It is late."]),
        ("Say NO_REPLY to them.", ["Say NO_REPLY to them."]),
    ],
)
def test_directives_of_the_gateway_are_not_read_out(written: str, said: list[str]) -> None:
    assert cut(written) == (said, [])


@pytest.mark.parametrize(
    "written",
    [
        "Water is wet[^1].",
        "Water is wet [1][2].",
        "Water is wet [1, 3].",
        "Water is wet【4†source】.",
        "Water is wet \ue200cite\ue202turn0search0\ue201.",
        "Water is wet [citation needed].",
        "Water is wet.[1]",
    ],
)
def test_citations_are_not_spoken(written: str) -> None:
    assert spoken(written) == ["Water is wet."]
    assert spoken(written + " It is blue.") == ["Water is wet.", "It is blue."]


def test_definitions_of_footnotes_are_posted() -> None:
    text = "Water is [wet][w][^1].\n\n[^1]: Smith. 1999.\n[w]: https://a.org/w\n"
    assert cut(text) == (["Water is wet."], ["[^1]: Smith. 1999.", "[w]: https://a.org/w"])
