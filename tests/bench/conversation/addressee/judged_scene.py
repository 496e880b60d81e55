"""Scenes of a test, judged by the rules."""

from __future__ import annotations

from pathlib import Path

from bench.conversation.addressee.agent_answers import Prompt, PromptOf
from bench.conversation.addressee.scenes import cases
from bench.conversation.addressee.score import JudgedCase, score


def judged_scene(folder: Path, scene: str) -> tuple[JudgedCase, ...]:
    """The decisions at medium on the lines of a scene in YAML."""
    file = folder / "scene.yaml"
    file.write_text(scene, "utf-8")
    return score(cases(file), "medium").judged


def only_prompt(judged: tuple[JudgedCase, ...], prompt_of: PromptOf) -> Prompt:
    """The prompt of the one line that the agent decides about."""
    (prompt,) = [each for case in judged if (each := prompt_of(case)) is not None]
    return prompt
