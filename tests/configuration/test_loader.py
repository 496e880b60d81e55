from __future__ import annotations

import pytest
from pydantic import ValidationError

from configuration.errors import Problem, SettingsError
from configuration.layers import Layer
from configuration.loader import compose
from configuration.variables import parse_dotenv, read_environment
from configuration.yaml_file import parse_yaml
from tests.configuration.example import NAMES, Example, Gateway


def load(yaml: str = "", env_file: str = "", **environ: str) -> Example:
    return compose(
        Example,
        parse_yaml(yaml, "config.yaml", NAMES),
        parse_dotenv(env_file, ".env", NAMES),
        read_environment(environ, NAMES),
    )


def refusal(yaml: str = "", env_file: str = "", **environ: str) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        load(yaml, env_file, **environ)
    return caught.value


def test_nothing_given_gives_the_defaults() -> None:
    assert compose(Example, Layer()) == Example()


def test_the_environment_overrides_dotenv_which_overrides_the_file_and_the_defaults() -> None:
    yaml = "pipeline: {stt: {wait_ms: 301, low: -1, high: 7}}"
    env_file = "PIPELINE__STT__WAIT_MS=302\nPIPELINE__STT__HIGH=8"
    stt = load(yaml, env_file, PIPELINE__STT__WAIT_MS="303").pipeline.stt
    assert (stt.wait_ms, stt.high, stt.low, stt.share) == (303, 8, -1, 0.5)


def test_an_empty_variable_overrides_nothing() -> None:
    loaded = load(env_file="GATEWAY_URL=ws://there", GATEWAY_URL="")
    assert loaded.gateway.base_url == "ws://there"


def test_text_is_converted_to_the_type_of_the_setting() -> None:
    loaded = load(PIPELINE__QUIET="yes", PIPELINE__STT__SHARE="0.25", PIPELINE__STT__WORDS="a,b")
    assert loaded.pipeline.quiet is True
    assert loaded.pipeline.stt.share == 0.25
    assert loaded.pipeline.stt.words == ("a", "b")


def test_null_is_a_value_of_an_optional_setting() -> None:
    assert load("pipeline: {stt: {threads: null}}").pipeline.stt.threads is None


# --- entries ---------------------------------------------------------------------------------


def test_variables_change_and_add_to_the_default_entries() -> None:
    agents = load(AGENTS__JARVIS__SPEED="1.5", AGENTS__FRIDAY__VOICE="new").agents
    assert list(agents) == ["jarvis", "sage", "friday"]
    assert (agents["jarvis"].voice, agents["jarvis"].speed) == ("deep", 1.5)
    assert agents["friday"].voice == "new"


def test_entries_in_the_file_replace_the_default_entries_and_keep_their_order() -> None:
    agents = load("agents:\n  zoe:\n  adam: {voice: x}", AGENTS__ZOE__VOICE="y").agents
    assert list(agents) == ["zoe", "adam"]
    assert agents["zoe"].voice == "y"


def test_an_empty_mapping_in_the_file_does_not_mean_the_default_entries() -> None:
    assert "agents" in str(refusal("agents: {}"))


# --- refusals --------------------------------------------------------------------------------


def test_every_problem_is_listed_with_place_given_and_allowed() -> None:
    error = refusal(
        "pipeline:\n  stt:\n    model_size: huge\n    threads: many\n",
        "GATEWAY_URL=x\nPIPELINE__STT__SHARE=2",
        PIPELINE__STT__WAIT_MS="7",
        PIPELINE__STT__MODLE_SIZE="tiny",
    )
    assert str(error).splitlines()[0] == "5 settings cannot be used:"
    text = str(error)
    for line in [
        "  config.yaml line 3: pipeline.stt.model_size",
        "      given: 'huge'",
        "      allowed: one of auto, tiny, small",
        "  config.yaml line 4: pipeline.stt.threads",
        "      allowed: a whole number at least 1",
        "  .env line 2: PIPELINE__STT__SHARE",
        "      given: '2'",
        "      allowed: a number above 0 and below 1",
        "  environment variable PIPELINE__STT__WAIT_MS",
        "      allowed: a whole number from 50 to 2000 (milliseconds)",
        "      there is no such setting; did you mean PIPELINE__STT__MODEL_SIZE?",
    ]:
        assert line in text.splitlines()


def test_one_problem_is_singular() -> None:
    assert str(refusal("colour: red")).startswith("1 setting cannot be used:")


def test_yes_is_not_a_number() -> None:
    error = refusal("pipeline: {stt: {wait_ms: yes, low: true}}")
    assert [problem.where for problem in error.problems] == [
        "config.yaml line 1: pipeline.stt.wait_ms",
        "config.yaml line 1: pipeline.stt.low",
    ]
    assert "given: 'yes'\n" in str(error)


def test_a_wrong_value_in_the_file_is_ignored_if_a_variable_overrides_it() -> None:
    assert load("pipeline: {stt: {low: true}}", PIPELINE__STT__LOW="2").pipeline.stt.low == 2


@pytest.mark.parametrize("text", ["no", "off", "1:30", "007", "2024-01-01", "1_000"])
def test_text_in_the_file_needs_no_quotes(text: str) -> None:
    assert load(f"gateway: {{base_url: {text}}}").gateway.base_url == text


def test_a_wrong_item_of_a_list_names_the_list() -> None:
    [problem] = refusal("pipeline: {stt: {words: [a, '']}}").problems
    assert problem.where == "config.yaml line 1: pipeline.stt.words"
    assert problem.details[1] == "allowed: a list, each text, not empty"


def test_conflicting_settings_are_shown_with_their_places() -> None:
    [problem] = refusal("pipeline: {stt: {low: 5}}", PIPELINE__STT__HIGH="3").problems
    assert problem.where == "pipeline.stt"
    assert problem.details == (
        "low (5) is above high (3)",
        "set at: config.yaml line 1: pipeline.stt.low; environment variable PIPELINE__STT__HIGH",
    )


def test_only_the_settings_that_the_message_mentions_are_shown() -> None:
    yaml = "pipeline: {stt: {low: 5, high: 3, wait_ms: 300, share: 0.3, threads: 2}}"
    [problem] = refusal(yaml).problems
    assert "wait_ms" not in str(problem)
    assert "share" not in str(problem)


def test_an_error_of_a_section_about_one_setting_is_shown_at_that_setting() -> None:
    [problem] = refusal("pipeline: {stt: {low: -9, high: 3, wait_ms: 300}}").problems
    assert problem.where == "config.yaml line 1: pipeline.stt.low"
    assert problem.details == (
        "given: '-9'",
        "allowed: a whole number",
        "must not be far below zero",
    )


def test_other_problems_are_listed_with_those_of_the_settings() -> None:
    other = Problem("environment variable ALL_PROXY", ("no",))
    file = parse_yaml("colour: red", "config.yaml", NAMES)
    with pytest.raises(SettingsError) as caught:
        compose(Example, file, others=[other])
    assert other in caught.value.problems
    assert len(caught.value.problems) == 2


def test_a_conflict_with_a_default_is_a_problem() -> None:
    [problem] = refusal(PIPELINE__STT__LOW="5").problems
    assert "low (5) is above high (2)" in problem.details


# --- secrets ---------------------------------------------------------------------------------


def test_a_secret_is_shown_neither_by_errors_nor_by_the_model() -> None:
    text = str(refusal(GATEWAY_TOKEN="hunter2"))
    assert "hunter2" not in text
    assert "given: (a secret, not shown)" in text
    assert "*** is too short" in text

    loaded = load(GATEWAY_TOKEN="hunter2hunter2", GATEWAY__MORE_TOKENS="topsecret,other")
    assert "hunter2" not in repr(loaded) + str(loaded) + loaded.model_dump_json()
    assert "topsecret" not in repr(loaded)
    assert loaded.gateway.token is not None
    assert loaded.gateway.token.get_secret_value() == "hunter2hunter2"


def test_the_exception_carries_no_cause_that_would_print_a_secret() -> None:
    error = refusal(GATEWAY_TOKEN="hunter2")
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_a_password_in_an_address_is_not_shown() -> None:
    error = refusal("pipeline: {stt: {model_size: 'http://me:hunter2@there'}}")
    assert "hunter2" not in str(error)
    assert "http://***@there" in str(error)


@pytest.mark.parametrize(
    "url", ["http://me:hun/ter2@there", "me:hunt@ter2@there", "http://me:hun ter2@there"]
)
def test_a_password_that_is_invalid_in_a_url_is_not_shown(url: str) -> None:
    error = refusal(f"pipeline: {{stt: {{model_size: '{url}'}}}}")
    assert "ter2" not in str(error)
    assert "***@there" in str(error)


@pytest.mark.parametrize(
    ("yaml", "where", "words"),
    [
        ("gateway: {base_url: }", "base_url", "given: nothing\n"),
        ("pipeline: {stt: {wait_ms: 2024-01-01}}", "wait_ms", "given: '2024-01-01'\n"),
        ("pipeline: {stt: {wait_ms: }}", "wait_ms", "given: nothing\n"),
        ("pipeline: {stt: {wait_ms: 1:30}}", "wait_ms", "given: '1:30'\n"),
        ("agents: {}", "config.yaml line 1: agents", "must name at least one"),
    ],
)
def test_a_wrong_value_is_shown_as_written_in_the_file(yaml: str, where: str, words: str) -> None:
    text = str(refusal(yaml))
    assert where in text
    assert words in text


# --- the root of the tree ---------------------------------------------------------------------


def test_the_model_alone_ignores_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY", '{"base_url": "ws://elsewhere"}')
    monkeypatch.setenv("PIPELINE", "not even JSON")
    assert Example().gateway.base_url == "ws://127.0.0.1:1"


def test_arguments_override_the_defaults() -> None:
    assert Example(gateway=Gateway(base_url="ws://there")).gateway.base_url == "ws://there"
    assert Example.model_validate({"pipeline": {"quiet": True}}).pipeline.quiet


def test_an_unknown_argument_is_refused() -> None:
    with pytest.raises(ValidationError, match="colour"):
        Example.model_validate({"colour": "red"})
