from __future__ import annotations

import pytest

from configuration.layers import Layer
from configuration.schema import dotted
from configuration.variables import parse_dotenv, read_environment
from tests.configuration.example import NAMES


def from_environment(**environ: str) -> Layer:
    return read_environment(environ, NAMES)


def from_file(text: str) -> Layer:
    return parse_dotenv(text, ".env", NAMES)


def values(layer: Layer) -> dict[str, object]:
    assert layer.problems == []
    return {dotted(path): item.value for path, item in layer.given.items()}


def test_nested_and_short_names() -> None:
    assert values(from_environment(PIPELINE__STT__WAIT_MS="300", GATEWAY_URL="ws://there")) == {
        "pipeline.stt.wait_ms": "300",
        "gateway.base_url": "ws://there",
    }


def test_names_are_matched_without_regard_to_case() -> None:
    assert values(from_environment(pipeline__quiet="yes", gateway_url="x")) == {
        "pipeline.quiet": "yes",
        "gateway.base_url": "x",
    }


def test_entries_take_names_of_the_users_choice() -> None:
    assert values(from_environment(AGENTS__FRIDAY__VOICE="x")) == {"agents.friday.voice": "x"}


@pytest.mark.parametrize("nothing", ["", "   "])
def test_an_empty_value_means_not_set(nothing: str) -> None:
    assert values(from_environment(GATEWAY_TOKEN=nothing, PIPELINE__QUIET=nothing)) == {}


@pytest.mark.parametrize("text", ["a,b", " a , b ,", '["a", "b"]'])
def test_lists_are_written_with_commas_or_as_json(text: str) -> None:
    assert values(from_environment(PIPELINE__STT__WORDS=text)) == {"pipeline.stt.words": ["a", "b"]}


def test_bad_json_shows_what_was_given_but_never_a_secret() -> None:
    layer = from_environment(PIPELINE__STT__WORDS='["a"', GATEWAY__MORE_TOKENS='["hunter2"')
    secret, plain = map(str, layer.problems)
    assert '["a"' in plain
    assert "not valid JSON" in plain
    assert "hunter2" not in secret


@pytest.mark.parametrize("text", ["[" * 5000, "[" + "1" * 5000 + "]"])
def test_json_that_python_cannot_read_is_a_problem(text: str) -> None:
    (problem,) = from_environment(PIPELINE__STT__WORDS=text).problems
    assert "not valid JSON" in str(problem)


def test_variables_of_other_programs_are_ignored() -> None:
    assert from_environment(HOME="/h", GATEWAY_HOUSES="x", SOME__OTHER__THING="y") == Layer()


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("PIPELINE__STT__MODLE_SIZE", "PIPELINE__STT__MODEL_SIZE"),
        ("GATEWAY__TOKN", "GATEWAY_TOKEN"),
        ("PIPELINE__", None),
        ("AGENTS__", None),
        ("AGENTS__FRIDAY__VOISE", "AGENTS__FRIDAY__VOICE"),
        ("PIPELINE__QUIET__EVEN_MORE", None),
    ],
)
def test_an_unknown_variable_of_a_section_is_a_problem(name: str, meant: str | None) -> None:
    [problem] = from_environment(**{name: "hunter2"}).problems
    assert problem.where == f"environment variable {name}"
    assert "there is no such setting" in str(problem)
    assert "hunter2" not in str(problem)
    if meant is not None:
        assert f"did you mean {meant}?" in str(problem)


def test_a_section_takes_no_value() -> None:
    [problem] = from_environment(PIPELINE__STT="tiny").problems
    assert "its settings are named PIPELINE__STT__..." in str(problem)


def notices(layer: Layer) -> list[str]:
    return [notice.words for notice in layer.notices]


def test_a_misspelt_name_in_dotenv_is_a_problem() -> None:
    [problem] = from_file("\n# a comment\nGATEWAY_TOKN=hunter2\n").problems
    assert problem.where == ".env line 3: GATEWAY_TOKN"
    assert "did you mean GATEWAY_TOKEN?" in str(problem)
    assert "hunter2" not in str(problem)


def test_a_path_without_its_first_section_in_dotenv_is_a_problem() -> None:
    [problem] = from_file("STT__WAIT_MS=5\n").problems
    assert "did you mean PIPELINE__STT__WAIT_MS?" in str(problem)
    assert from_file("WAIT_MS=5\n").problems == []


def test_names_of_other_programs_in_dotenv_get_one_notice() -> None:
    layer = from_file("TZ=hunter2\nPUID=1000\nCOMPOSE_FILE=a:b\nSOME__OTHER__THING=y\n")
    assert values(layer) == {}
    [words] = notices(layer)
    for place in (".env line 1: TZ", ".env line 2: PUID", ".env line 4: SOME__OTHER__THING"):
        assert place in words
    assert "hunter2" not in words


def test_an_alias_in_dotenv_is_read_with_a_notice() -> None:
    layer = from_file("gateway_key=hunter2hunter2\nMODEL=tiny\n")
    assert values(layer) == {"gateway.token": "hunter2hunter2", "pipeline.stt.model_size": "tiny"}
    assert notices(layer) == [
        ".env line 1: gateway_key is read as GATEWAY_TOKEN, which is the name here",
        ".env line 2: MODEL is read as PIPELINE__STT__MODEL_SIZE, which is the name here",
    ]


def test_a_setting_name_overrides_an_alias_on_any_line() -> None:
    layer = from_file("GATEWAY_KEY=other-hunter2\nGATEWAY_TOKEN=hunter2hunter2\n")
    assert values(layer) == {"gateway.token": "hunter2hunter2"}
    [words] = notices(layer)
    assert words == ".env line 1: GATEWAY_KEY is ignored: .env line 2: GATEWAY_TOKEN has precedence"


def test_an_empty_alias_is_ignored() -> None:
    assert from_file("GATEWAY_KEY=\n") == Layer()


def test_an_alias_in_the_environment_gets_a_notice_and_is_not_read() -> None:
    layer = from_environment(GATEWAY_KEY="hunter2", GATEWAY_TOKN="hunter2", MODEL="")
    assert values(layer) == {}
    assert [(notice.words, notice.about) for notice in layer.notices] == [
        (f"environment variable {name} is ignored: the name here is GATEWAY_TOKEN",
         ("gateway", "token"))
        for name in ("GATEWAY_KEY", "GATEWAY_TOKN")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "value", ['"ws://there"', "“ws://there”", " ws://there\u200b", "'ws://there'"]
)
def test_quotes_spaces_and_invisible_characters_around_a_value_are_removed(value: str) -> None:
    assert values(from_environment(GATEWAY_URL=value)) == {"gateway.base_url": "ws://there"}
    assert values(from_file(f"GATEWAY_URL={value}\n")) == {"gateway.base_url": "ws://there"}


def test_quotes_inside_a_value_stay() -> None:
    [item] = from_environment(PIPELINE__STT__WORDS='"a","b"').given.values()
    assert item.value == ['"a"', '"b"']


def test_an_invisible_character_in_a_name_is_ignored() -> None:
    assert values(from_file("GATEWAY_URL\u200b=x\n")) == {"gateway.base_url": "x"}


def test_two_different_values_for_one_setting_are_a_problem_and_two_equal_ones_are_not() -> None:
    [problem] = from_environment(GATEWAY_URL="a", GATEWAY__BASE_URL="b").problems
    assert "environment variable GATEWAY" in str(problem)
    assert "keep one of them" in str(problem)
    assert values(from_environment(GATEWAY_URL="a", GATEWAY__BASE_URL="a")) == {
        "gateway.base_url": "a"
    }


def test_dotenv_has_quotes_comments_and_exports_but_no_interpolation() -> None:
    layer = from_file(
        "GATEWAY__HOME=1 # one\n\n\nexport GATEWAY_URL='two # words'\n"
        "PIPELINE__STT__WORDS=${A}$x\nMODEL=\n"
    )
    assert [(item.value, item.where) for item in layer.given.values()] == [
        ("1", ".env line 1: GATEWAY__HOME"),
        ("two # words", ".env line 4: GATEWAY_URL"),
        (["${A}$x"], ".env line 5: PIPELINE__STT__WORDS"),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [("A=1\nhunter2 token\n", 2), ("A=1\n\n\nB='hunter2\n", 4), ("A=1\nhunter2\n", 2)],
)
def test_a_malformed_line_has_its_number_and_is_not_shown(text: str, line: int) -> None:
    [problem] = from_file(text).problems
    assert problem.where == f".env line {line}"
    assert "hunter2" not in str(problem)
