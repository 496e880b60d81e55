"""Speech over a reply: ``python -m bench.conversation.barge_in``.

Interruptions, backchannels, noises, side talk and echoes reach the real pipeline in virtual time
while a reply plays. Each time runs from the first audible sample to the first frame
in which the reply is ducked, silent or resumed. Voices are synthetic. The words come from an oracle
that takes as long as a decode with Whisper base on one core.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from bench.conversation.barge_in.scenario import SceneResult, play_scene
from bench.conversation.barge_in.scenes import BargeInScene, load
from bench.conversation.barge_in.scoring import WRONG, JudgedBargeIn, MedianAndWorst, judge, spread
from bench.conversation.models import BenchModels, load_models
from bench.conversation.oracle import CachedTurnModel
from bench.conversation.rendering import Renderer
from bench.report import add_json_argument, write_json
from server.engines.espeak import EspeakEngine
from settings import load_settings

TURN_MS: Final = 30.0
STT_MS: Final = 85.0
"""Whisper base int8 on one core: 27 ms for 5 s of sound, and 12 tokens at 4.9 ms."""
_TIMES: Final = ("duck_ms", "silence_ms", "stop_ms", "resume_ms")


def report(judged: Sequence[JudgedBargeIn]) -> dict[str, Any]:
    """Print the table; returns its numbers by kind."""
    print(
        f"{'median / worst, ms':<20}{'scenes':>7}{'duck':>12}{'silence':>12}{'stop':>13}"
        f"{'resume':>12}" + "".join(f"{what:>14}" for what in WRONG)
    )
    kinds = [*dict.fromkeys(each.kind for each in judged)]
    return {
        kind: _row(kind, [each for each in judged if kind in (each.kind, "all")])
        for kind in (*kinds, "all")
    }


def _row(kind: str, judged: Sequence[JudgedBargeIn]) -> dict[str, Any]:
    times = {name: spread(getattr(each, name) for each in judged) for name in _TIMES}
    wrong = {what: sum(each.wrong == what for each in judged) for what in WRONG}
    cells = "".join(
        f"{_cell(each):>{width}}"
        for each, width in zip(times.values(), (12, 12, 13, 12), strict=True)
    )
    counts = "".join(f"{count:>14}" for count in wrong.values())
    print(f"{kind:<20}{len(judged):>7}{cells}{counts}")
    spreads = {name: asdict(each) if each else None for name, each in times.items()}
    return {"scenes": len(judged), **spreads, **wrong}


def _cell(found: MedianAndWorst | None) -> str:
    return f"{found.median:.0f} / {found.worst:.0f}" if found else "-"


def tell(scene: BargeInScene, played: SceneResult, judged: JudgedBargeIn) -> None:
    """Print the events of one scene."""
    orders = ", ".join(f"{order} {at * 1000:.0f}" for order, at in played.orders)
    print(f"  {judged.wrong or 'well'}: {scene.number} ({scene.kind}): {scene.sounds}")
    sounds = ", ".join(f"{start * 1000:.0f} to {end * 1000:.0f}" for start, end in played.sounds)
    print(f"      sounds {sounds or '-'}; reply: {orders or '-'}; asked: {list(played.asked)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--voices", type=int, default=2, choices=range(1, 7), help="for each scene")
    parser.add_argument("--turn-ms", type=float, default=TURN_MS, help="virtual cost of a look")
    parser.add_argument("--stt-ms", type=float, default=STT_MS, help="virtual cost of the words")
    parser.add_argument("--verbose", action="store_true", help="tell the misjudged scenes")
    parser.add_argument("--all", action="store_true", help="tell every scene")
    add_json_argument(parser)
    arguments = parser.parse_args()
    began = time.perf_counter()
    vad, turn = load_models()
    models = BenchModels(vad, CachedTurnModel(turn), arguments.turn_ms, arguments.stt_ms)
    settings = load_settings().pipeline
    judged: list[JudgedBargeIn] = []
    with EspeakEngine() as engine:
        renderer = Renderer(engine)
        for scene in load():
            for voice in range(arguments.voices):
                played = play_scene(scene, scene.number + 3 * voice, renderer, models, settings)
                judged.append(judge(scene, played))
                if arguments.all or (arguments.verbose and judged[-1].wrong):
                    tell(scene, played, judged[-1])
    kinds = report(judged)
    print(f"\n{time.perf_counter() - began:.0f} s")
    costs = {"turn_ms": arguments.turn_ms, "stt_ms": arguments.stt_ms}
    write_json(arguments.json, "barge_in", {**costs, "voices": arguments.voices, "kinds": kinds})


if __name__ == "__main__":
    main()
