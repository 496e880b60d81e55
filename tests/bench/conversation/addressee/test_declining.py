"""The evaluation of turns that the agent may decline."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.conversation.addressee.agent_answers import Prompt, ask_all, decided, read_answers
from bench.conversation.addressee.declining import ask_one, prompt_of
from bench.conversation.addressee.score import JudgedCase
from simulators.gateway import GatewaySimulator, ScriptedAgent
from testing.gateways import TOKEN, config_for
from testing.manual_clock import instantly
from tests.bench.conversation.addressee.judged_scene import judged_scene, only_prompt

SCENE = """
- name: a question of another person
  people: [Ann, Ben]
  lines:
    - "low Ann (name): Jarvis, what time is it?"
    - "jarvis: It is nine."
    - "medium Ben (exchange): When does it open?"
    - "low Ann (name): Jarvis, and the bank?"
    - "jarvis...: The bank opens at ten, and"
    - "medium Ben (exchange): When does it open?"
"""


@pytest.fixture
def judged(tmp_path: Path) -> tuple[JudgedCase, ...]:
    return judged_scene(tmp_path, SCENE)


@pytest.fixture
def asked(judged: tuple[JudgedCase, ...]) -> Prompt:
    return only_prompt(judged, prompt_of)


def test_the_agent_may_decline_what_is_unsure_and_not_said_over_a_reply(asked: Prompt) -> None:
    assert asked.text.endswith("]\nWhen does it open?")
    assert asked.doubt.unlikely
    assert "probably meant for another person" in asked.text


def test_its_decision_counts_and_without_one_the_rules_decide(
    judged: tuple[JudgedCase, ...], asked: Prompt
) -> None:
    def second_line(answers: dict[str, bool]) -> bool:
        return list(decided(judged, answers, prompt_of))[1].decision.addressed

    assert second_line({}) is judged[1].decision.addressed is False
    assert second_line({asked.digest: True}) is True


@pytest.mark.parametrize(("reply", "meant"), [("At ten.", True), ("NOT_FOR_ME", False)])
async def test_the_agents_reply_or_refusal_is_kept(
    asked: Prompt, tmp_path: Path, reply: str, meant: bool
) -> None:
    kept = tmp_path / "declined.tsv"
    agent = ScriptedAgent("jarvis", "Jarvis", (), reply)
    async with GatewaySimulator(token=TOKEN, agents=[agent], sleep=instantly) as gateway:
        told = await ask_all(config_for(gateway.url), [asked], kept, ask_one)
        (run,) = gateway.runs
    assert told == read_answers(kept) == {asked.digest: meant}
    assert run.message == asked.text


def test_another_agent_that_is_named_decides_about_its_name(tmp_path: Path) -> None:
    scene = """
- name: talk about another agent
  people: [Ann, Ben]
  agents: [jarvis, sage]
  lines:
    - "low Ann (name): I fed her after that Sage I was up."
"""
    (line,) = judged_scene(tmp_path, scene)
    assert prompt_of(line) is None
    case = replace(line.case, may_call="Sage")
    prompt = prompt_of(replace(line, case=case))
    assert prompt is not None
    assert (prompt.persona.name, prompt.turn.agent) == ("Sage", "sage")
    assert "says your name" in prompt.text
