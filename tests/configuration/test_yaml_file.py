from __future__ import annotations

import pytest

from configuration.layers import Layer
from configuration.schema import dotted
from configuration.yaml_file import parse_yaml
from tests.configuration.example import NAMES


def parse(text: str) -> Layer:
    return parse_yaml(text, "config.yaml", NAMES)


def problems(text: str) -> list[str]:
    return [str(problem) for problem in parse(text).problems]


def test_values_come_with_their_line() -> None:
    layer = parse("pipeline:\n  stt:\n    wait_ms: 300\n    words: [a, b]\n")
    assert [(dotted(path), item.value) for path, item in layer.given.items()] == [
        ("pipeline.stt.wait_ms", "300"),
        ("pipeline.stt.words", ["a", "b"]),
    ]
    assert (
        layer.given["pipeline", "stt", "wait_ms"].where
        == "config.yaml line 3: pipeline.stt.wait_ms"
    )


@pytest.mark.parametrize("text", ["", "# nothing\n", "pipeline:\n", "pipeline:\n  stt:\n"])
def test_a_file_or_section_of_comments_alone_gives_nothing(text: str) -> None:
    assert parse(text) == Layer()


def test_a_key_alone_makes_an_entry() -> None:
    given = parse("agents:\n  friday:\n  monday: {voice: x}\n").given
    assert [(item.where, item.value) for item in given.values()] == [
        ("config.yaml line 1: agents", {}),
        ("config.yaml line 2: agents.friday", {}),
        ("config.yaml line 3: agents.monday", {}),
        ("config.yaml line 3: agents.monday.voice", "x"),
    ]
    assert list(parse("agents: {}\n").given) == [("agents",)]
    assert parse("agents:\n").given == {}


def test_values_are_text_none_lists_and_mappings() -> None:
    layer = parse("pipeline: {quiet: yes, stt: {words: [1, null, {a: 2}], low: ~, high: 'null'}}")
    assert [item.value for item in layer.given.values()] == [
        "yes",
        ["1", None, {"a": "2"}],
        None,
        "null",
    ]


@pytest.mark.parametrize(
    ("text", "where", "words"),
    [
        ("pipelin: {}", "line 1: pipelin", "did you mean pipeline?"),
        (
            "pipeline:\n  stt:\n    modle_size: tiny",
            "line 3: pipeline.stt.modle_size",
            "did you mean pipeline.stt.model_size?",
        ),
        ("\nwait_ms: 1", "line 2: wait_ms", "did you mean pipeline.stt.wait_ms?"),
        ("stt: {wait_ms: 1}", "line 1: stt", "did you mean pipeline.stt?"),
        ("pipeline.stt.wait_ms: 1", "wait_ms", "pipeline.stt.wait_ms? It is written pipeline: {"),
        ("pipeline: {stt.wait_ms: 1}", "stt.wait_ms", "did you mean pipeline.stt.wait_ms?"),
        ("PIPELINE__STT__WAIT_MS: 1", "WAIT_MS", "did you mean pipeline.stt.wait_ms?"),
        ("agents.sage.voice: x", "agents.sage.voice", "did you mean agents.sage.voice?"),
        ("GATEWAY_TOKEN: x", "line 1: GATEWAY_TOKEN", "did you mean gateway.token?"),
        ("MODEL: tiny", "line 1: MODEL", "did you mean pipeline.stt.model_size?"),
        ("pipeline:\n  stt:\n    wait_ms:5", "line 3: pipeline.stt", "a space must stand after"),
        ("GATEWAY_TOKEN=x", "config.yaml line 1", "here it is name: value"),
        ("pipeline:\n\tstt:", "line 2, column 1", "a tab stands where only spaces may"),
        ("gateway: {base_url: @x}", "line 1, column 21", "begins with '@' must stand in quotes"),
        ("colour: red", "line 1: colour", "here are: gateway, agents, pipeline"),
        ("agents: {x: {voise: y}}", "line 1: agents.x.voise", "did you mean agents.x.voice?"),
        ("pipeline: 5", "line 1: pipeline", "is a section"),
        ("agents: [jarvis]", "line 1: agents", "is a section"),
        ("- a\n- b", "config.yaml line 1", "the file is a section"),
        (
            "pipeline:\n  quiet: true\npipeline:\n  quiet: false",
            "line 3: pipeline",
            "given twice, first on line 1",
        ),
        ("pipeline: {stt: {[1]: 2}}", "line 1: pipeline.stt.?", "no such setting"),
    ],
)
def test_a_wrong_key_or_section_is_a_problem_with_its_place(
    text: str, where: str, words: str
) -> None:
    [problem] = problems(text)
    assert where in problem.splitlines()[0]
    assert words in problem


def test_one_unknown_section_is_one_problem() -> None:
    assert len(problems("pipelin:\n  stt:\n    wait_ms: 1\n    share: 2\n")) == 1


def test_brackets_without_end_are_a_problem() -> None:
    (problem,) = parse("a: " + "[" * 5000).problems
    assert "nested too deeply" in str(problem)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("pipeline:\n  quiet: [true\n", "config.yaml line 3, column 1"),
        ("pipeline:\n\tquiet: true\n", "config.yaml line 2, column 1"),
        ("a: &x 1\nb: *x\n", "config.yaml line 2, column 4"),
        ("pipeline: {quiet: *x}", "config.yaml line 1, column 19"),
        ("gateway: {base_url: !thing x}", "config.yaml line 1, column 21"),
        ("gateway: {base_url: !secret token}", "config.yaml line 1, column 21"),
        ("a: 1\n---\nb: 2\n", "config.yaml line 2, column 1"),
        ("gateway:\n  base_url: 'a\x07b'\n", "config.yaml line 2"),
    ],
)
def test_malformed_yaml_has_file_and_line(text: str, where: str) -> None:
    layer = parse(text)
    assert layer.given == {}
    assert layer.problems[0].where == where
    assert layer.problems[0].details[0].startswith("not valid YAML: ")
