"""Endpoint rules in the whole recognition, in virtual time, on the words that Whisper hears."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from bench.conversation.clips import MissingClip
from bench.conversation.models import BenchModels
from bench.conversation.oracle import TranscriptStyle
from bench.conversation.turn_taking.neural import Making
from bench.conversation.turn_taking.policies import Policy, ends_of
from bench.conversation.turn_taking.rendered_scene import RenderedScene, render_scene
from bench.conversation.turn_taking.sample_maker import SampleMaker
from bench.conversation.turn_taking.scenes import TurnScene
from bench.conversation.turn_taking.scoring import JudgedScene, TurnTakingScore, judge, score
from pipeline.listening.endpoint_rule import EndpointRule
from settings import load_settings

TURN_MS: Final = 30.0
STT_MS: Final = 120.0
TEXT_MS: Final = 30.0
"""What the models take on two free cores."""
_HEADER: Final = (
    f"{'':<30}{'pauses':>7}{'cut off':>9}{'spoken into':>13}{'missed':>8}{'short lost':>12}"
    f"{'median ms':>11}{'p90 ms':>8}"
)


def run(
    scenes: Iterable[TurnScene],
    voices: Sequence[str],
    making: Making,
    maker: SampleMaker,
    rules: Mapping[str, EndpointRule],
) -> dict[str, Any]:
    """Print the table of the rules; returns its numbers."""
    turn = load_settings().pipeline.turn
    models = BenchModels(
        maker.vad, maker.turn, TURN_MS, STT_MS, maker.transcriber, maker.language_model, TEXT_MS
    )
    wanted = [Policy(name, turn, TranscriptStyle.WHISPER, rule) for name, rule in rules.items()]
    staged: list[RenderedScene] = []
    for scene in scenes:
        try:
            staged.append(render_scene(scene, maker.renderer(making), voices, scene.number))
        except MissingClip:
            maker.missing += 1
    found = judged(staged, wanted, models)
    print(f"\nin the whole recognition, pauses {making.value}: {len(staged)} scenes; waits are to "
          f"the end of the turn\n{_HEADER}")  # fmt: skip
    scores = {name: score([one for _, one in pairs]) for name, pairs in found.items()}
    for name, each in scores.items():
        print(row(name, each))
    return {"recognition": {name: numbers(each) for name, each in scores.items()}}


def judged(
    staged: Iterable[RenderedScene], wanted: Sequence[Policy], models: BenchModels
) -> dict[str, list[tuple[RenderedScene, JudgedScene]]]:
    """Judge every scene under every policy, by the policy's name."""
    found: dict[str, list[tuple[RenderedScene, JudgedScene]]] = {
        policy.name: [] for policy in wanted
    }
    for each in staged:
        for policy in wanted:
            ends = ends_of(policy, each, models)
            scenes = judge(each.scene.kind, each.turns, ends)
            found[policy.name] += [(each, one) for one in scenes]
    return found


def row(name: str, found: TurnTakingScore) -> str:
    """A line of the table."""
    short = f"{found.lost} of {found.short}" if found.short else "-"
    cut = f"{found.cut_share:.1%}" if found.pauses else "-"
    into = f"{found.into_share:.1%}" if found.pauses else "-"
    return (
        f"{name:<30}{found.pauses or '-':>7}{cut:>9}{into:>13}{found.missed:>8}{short:>12}"
        f"{found.median_ms:>11.0f}{found.p90_ms:>8.0f}"
    )


def numbers(found: TurnTakingScore) -> dict[str, Any]:
    """A line of the table as numbers."""
    return {
        "turns": found.turns,
        "pauses": found.pauses,
        "cut_off": found.cut,
        "cut_off_share": round(found.cut_share, 4),
        "spoken_into": found.into,
        "missed": found.missed,
        "short": found.short,
        "short_lost": found.lost,
        "median_ms": round(found.median_ms, 1),
        "p90_ms": round(found.p90_ms, 1),
    }
