"""The evaluation of the second opinion: what is asked, and what the answers change."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from bench.conversation.addressee.agent_answers import Prompt, ask_all, decided, read_answers
from bench.conversation.addressee.score import JudgedCase
from bench.conversation.addressee.second_opinion import ask_one, question_of
from pipeline.settings import SecondOpinionSettings
from simulators.gateway import GatewaySimulator, ScriptedAgent
from simulators.gateway.agents import Rule
from testing.gateways import TOKEN, config_for
from testing.manual_clock import instantly
from tests.bench.conversation.addressee.judged_scene import judged_scene, only_prompt

prompt_of = partial(question_of, band=SecondOpinionSettings())
SCENE = """
- name: a question of another person
  people: [Ann, Ben]
  called: {jarvis: "HAL 9000"}
  lines:
    - "low Ann (name): HAL, how long does rice take?"
    - "jarvis: Twelve minutes."
    - "Ben -> Ann (side talk): How much does it have?"
    - "low Ann (name): HAL, and pasta?"
    - "jarvis...: About nine minutes, and then"
    - "Ben -> Ann (side talk): How much does it have?"
"""


@pytest.fixture
def judged(tmp_path: Path) -> tuple[JudgedCase, ...]:
    return judged_scene(tmp_path, SCENE)


@pytest.fixture
def asked(judged: tuple[JudgedCase, ...]) -> Prompt:
    return only_prompt(judged, prompt_of)


def test_only_what_is_unsure_and_not_said_over_a_reply_is_asked(asked: Prompt) -> None:
    assert asked.turn.text == "How much does it have?"
    assert "and you, HAL 9000." in asked.text
    assert "Your last answer, to another person, ended 2 s ago" in asked.text


def test_the_words_of_others_are_not_told(asked: Prompt) -> None:
    assert "how long does rice take" not in asked.text
    assert "Twelve minutes." in asked.text


def test_an_answer_decides_and_without_one_the_rules_do(
    judged: tuple[JudgedCase, ...], asked: Prompt
) -> None:
    def second_line(answers: dict[str, bool]) -> bool:
        return list(decided(judged, answers, prompt_of))[1].decision.addressed

    assert second_line({}) is judged[1].decision.addressed
    assert second_line({asked.digest: True}) is True
    assert second_line({asked.digest: False}) is False


async def test_the_agent_reads_the_prompt_of_the_digest_and_its_answer_is_kept(
    asked: Prompt, tmp_path: Path
) -> None:
    answers = tmp_path / "answers.tsv"
    assert read_answers(answers) == {}
    agent = ScriptedAgent("jarvis", "Jarvis", (Rule("Answer with one word", "No."),), "?")
    async with GatewaySimulator(token=TOKEN, agents=[agent], sleep=instantly) as gateway:
        given = await ask_all(config_for(gateway.url), [asked], answers, ask_one)
        (run,) = gateway.runs
    assert given == read_answers(answers) == {asked.digest: False}
    assert run.heard.words in asked.text
    assert run.heard.earlier


def test_a_file_with_another_answer_is_refused(tmp_path: Path) -> None:
    answers = tmp_path / "answers.tsv"
    answers.write_text("0123\tyes\tHow deep?\n4567\tperhaps\tHow long?\n", "utf-8")
    with pytest.raises(ValueError, match=r"answers.tsv, line 2: needs a digest, yes or no"):
        read_answers(answers)
