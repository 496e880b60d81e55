"""When turns are found to end, too early or too late: ``python -m bench.conversation.turn_taking``.

Scenes with pauses inside turns go through the real VAD, turn model and endpointing in virtual time.
Policies in use elsewhere get the same audio. The voices are synthetic; the words come from an
oracle, written as Whisper would write them.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from bench.conversation.models import BenchModels, load_models
from bench.conversation.oracle import CachedTurnModel
from bench.conversation.rendering import Renderer
from bench.conversation.turn_taking.policies import Policy, ends_of, policies
from bench.conversation.turn_taking.rendered_scene import (
    ESPEAK_VOICES,
    RenderedScene,
    render_scene,
)
from bench.conversation.turn_taking.scenes import KINDS, PARTS, load
from bench.conversation.turn_taking.scoring import JudgedScene, TurnTakingScore, judge, score
from bench.report import add_json_argument, write_json
from server.engines.espeak import EspeakEngine
from settings import load_settings

_HEADER: Final = (
    f"{'':<30}{'pauses':>7}{'cut off':>9}{'spoken into':>13}{'missed':>8}{'short lost':>12}"
    f"{'median ms':>11}{'p90 ms':>8}"
)


def run(
    staged: Iterable[RenderedScene], wanted: Sequence[Policy], models: BenchModels
) -> dict[str, list[tuple[RenderedScene, JudgedScene]]]:
    """Judge every scene under every policy, by the policy's name."""
    found: dict[str, list[tuple[RenderedScene, JudgedScene]]] = {
        policy.name: [] for policy in wanted
    }
    for each in staged:
        for policy in wanted:
            ends = ends_of(policy, each, models)
            judged = judge(each.scene.kind, each.turns, ends)
            found[policy.name] += [(each, one) for one in judged]
    return found


def row(name: str, found: TurnTakingScore) -> str:
    short = f"{found.lost} of {found.short}" if found.short else "-"
    cut = f"{found.cut_share:.1%}" if found.pauses else "-"
    into = f"{found.into_share:.1%}" if found.pauses else "-"
    return (
        f"{name:<30}{found.pauses or '-':>7}{cut:>9}{into:>13}{found.missed:>8}{short:>12}"
        f"{found.median_ms:>11.0f}{found.p90_ms:>8.0f}"
    )


def numbers(found: TurnTakingScore) -> dict[str, Any]:
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


def report(
    part: str, found: Mapping[str, Sequence[tuple[RenderedScene, JudgedScene]]]
) -> dict[str, Any]:
    """Print a part's tables; returns their numbers."""
    judged = {name: [one for _, one in pairs] for name, pairs in found.items()}
    ours, ours_judged = next(iter(judged.items()))
    turns = len(ours_judged)
    print(f"\n{part}: {turns} turns, voices {', '.join(ESPEAK_VOICES[part])}\n{_HEADER}")
    scores = {name: score(each) for name, each in judged.items()}
    for name, each in scores.items():
        print(row(name, each))
    print(f"\n{ours}, by kind\n{_HEADER}")
    kinds = {
        kind: score([each for each in ours_judged if each.kind == kind])
        for kind in KINDS
        if any(each.kind == kind for each in ours_judged)
    }
    for kind, each in kinds.items():
        print(row(kind, each))
    return {
        "policies": {name: numbers(each) for name, each in scores.items()},
        "kinds": {kind: numbers(each) for kind, each in kinds.items()},
    }


def misjudged(pairs: Iterable[tuple[RenderedScene, JudgedScene]]) -> None:
    """Print the turns that our policy did not do well by."""
    for staged, one in pairs:
        pieces = next(turn for turn in staged.scene.turns if turn.text == one.turn.text).says
        said = " ".join(f"[{part}]" if isinstance(part, int) else part for part in pieces)
        if one.cut:
            print(f"  cut off in pause {', '.join(map(str, one.cut))}: {staged.name}: {said}")
        if one.wait_ms is None or one.lost:
            print(f"  {'lost' if one.lost else 'missed'}: {staged.name}: {said}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS, action="append", help="only this part")
    parser.add_argument("--voices", type=int, default=1, choices=range(1, 5), help="for each scene")
    parser.add_argument("--turn-ms", type=float, default=0.0, help="virtual cost of a look")
    parser.add_argument("--stt-ms", type=float, default=0.0, help="virtual cost of the words")
    parser.add_argument("--verbose", action="store_true", help="list the misjudged")
    add_json_argument(parser)
    arguments = parser.parse_args()
    began = time.perf_counter()
    vad, turn = load_models()
    models = BenchModels(vad, CachedTurnModel(turn), arguments.turn_ms, arguments.stt_ms)
    wanted = policies(load_settings().pipeline.turn)
    parts: dict[str, Any] = {}
    with EspeakEngine() as engine:
        renderer = Renderer(engine)
        for part in arguments.part or PARTS:
            scenes = load(part)
            staged = (
                render_scene(scene, renderer, ESPEAK_VOICES[part], scene.number + voice)
                for scene in scenes
                for voice in range(arguments.voices)
            )
            found = run(staged, wanted, models)
            parts[part] = report(part, found)
            if arguments.verbose:
                misjudged(found[wanted[0].name])
    print(f"\n{time.perf_counter() - began:.0f} s")
    costs = {"turn_ms": arguments.turn_ms, "stt_ms": arguments.stt_ms}
    write_json(arguments.json, "turn_taking", {**costs, "voices": arguments.voices, **parts})


if __name__ == "__main__":
    main()
