"""Speech over a reply: ``python -m bench.conversation.barge_in``.

Interruptions, backchannels, noises, side talk and echoes reach the real pipeline in virtual time
while a reply plays. Each time runs from the first audible sample to the first frame in which the
reply is ducked, silent or resumed. The voices are Kokoro's, and Whisper hears them; its words
arrive after a fixed time. With ``--oracle`` the voices are espeak's, and the words are known.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from bench.conversation.barge_in.ear import KeptTranscripts
from bench.conversation.barge_in.scenario import SceneResult, Stage, play_scene
from bench.conversation.barge_in.scenes import PARTS, BargeInScene, Part, load, parse
from bench.conversation.barge_in.scoring import WRONG, JudgedBargeIn, MedianAndWorst, judge, spread
from bench.conversation.cached_models import KnownLanguageModel
from bench.conversation.clips import NeuralVoices
from bench.conversation.models import BenchModels, load_models
from bench.conversation.oracle import CachedTurnModel
from bench.conversation.rendering import VOICES, Renderer
from bench.report import add_json_argument, write_json
from models.store import ModelStore
from pipeline.inference.whisper import load_transcriber
from server.engines.espeak import EspeakEngine
from settings import load_settings

TURN_MS: Final = 30.0
ORACLE_STT_MS: Final = 85.0
STT_MS: Final = 200.0
TEXT_MS: Final = 30.0
"""Whisper base in int8 takes about this long for a clip of 1 to 3 s on two cores."""
ESPEAK_BOT: Final = "m2"
NEURAL_BOT: Final = "bm_fable"
NEURAL_VOICES: Final[dict[Part, Sequence[str]]] = {
    "tuning": [
        "af_heart",
        "am_michael",
        "bf_emma",
        "bm_george",
        "af_bella",
        "am_puck",
        "bf_isabella",
        "am_fenrir",
    ],
    "test": [
        "af_sarah",
        "am_adam",
        "bf_alice",
        "bm_lewis",
        "am_eric",
        "bf_lily",
        "bm_daniel",
        "af_kore",
    ],
}
_TIMES: Final = ("duck_ms", "silence_ms", "stop_ms", "resume_ms")


def report(judged: Sequence[JudgedBargeIn]) -> dict[str, Any]:
    """Print the table and what went wrong; returns its numbers by kind."""
    print(
        f"{'median / worst, ms':<20}{'scenes':>7}{'right':>8}{'duck':>13}{'silence':>13}"
        f"{'stop':>13}{'resume':>13}   wrong"
    )
    kinds = [*dict.fromkeys(each.kind for each in judged)]
    return {
        kind: _row(kind, [each for each in judged if kind in (each.kind, "all")])
        for kind in (*kinds, "all")
    }


def _row(kind: str, judged: Sequence[JudgedBargeIn]) -> dict[str, Any]:
    times = {name: spread(getattr(each, name) for each in judged) for name in _TIMES}
    wrong = {what: sum(each.wrong == what for each in judged) for what in WRONG}
    right = 1 - sum(wrong.values()) / len(judged)
    cells = "".join(f"{_cell(each):>13}" for each in times.values())
    counts = ", ".join(f"{what} {count}" for what, count in wrong.items() if count)
    print(f"{kind:<20}{len(judged):>7}{right:>8.1%}{cells}   {counts}".rstrip())
    spreads = {name: asdict(each) if each else None for name, each in times.items()}
    return {"scenes": len(judged), "right": right, **spreads, **wrong}


def _cell(found: MedianAndWorst | None) -> str:
    return f"{found.median:.0f} / {found.worst:.0f}" if found else "-"


def tell(scene: BargeInScene, played: SceneResult, judged: JudgedBargeIn, cast: str) -> None:
    """Print the events of one scene."""
    orders = ", ".join(f"{order} {at * 1000:.0f}" for order, at in played.orders)
    print(f"  {judged.wrong or 'well'}: {scene.number} ({scene.kind}; {cast}): {scene.sounds}")
    sounds = ", ".join(f"{start * 1000:.0f} to {end * 1000:.0f}" for start, end in played.sounds)
    print(f"      sounds {sounds or '-'}; reply: {orders or '-'}; asked: {list(played.asked)}")
    for note in played.notes:
        print(f"        {note}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, prog="python -m bench.conversation.barge_in"
    )
    parser.add_argument("--part", choices=PARTS, help="only the scenes to tune or to measure on")
    parser.add_argument("--scenes", type=Path, metavar="PATH", help="a file of other scenes")
    parser.add_argument(
        "--voices", metavar="NAMES", help="other voices of Kokoro: af_heart,am_adam"
    )
    parser.add_argument("--casts", type=int, default=1, help="how often each scene is played")
    parser.add_argument("--oracle", action="store_true", help="synthetic voices, and known words")
    parser.add_argument("--turn-ms", type=float, default=TURN_MS, help="virtual cost of a look")
    parser.add_argument("--stt-ms", type=float, help="virtual cost of the words")
    parser.add_argument("--verbose", action="store_true", help="tell the misjudged scenes")
    parser.add_argument("--all", action="store_true", help="tell every scene")
    add_json_argument(parser)
    arguments = parser.parse_args()
    began = time.perf_counter()
    default_ms = ORACLE_STT_MS if arguments.oracle else STT_MS
    stt_ms = default_ms if arguments.stt_ms is None else arguments.stt_ms
    vad, turn = load_models()
    models = BenchModels(
        vad,
        CachedTurnModel(turn),
        arguments.turn_ms,
        stt_ms,
        text=KnownLanguageModel(),
        text_ms=TEXT_MS,
    )
    results = {}
    with EspeakEngine() as engine:
        for name, scenes, stage in _runs(arguments, models, engine):
            print(f"{name}, {len(scenes)} scenes")
            judged = play(scenes, stage, arguments.casts, _told(arguments))
            results[name] = report(judged)
            print()
    print(f"{time.perf_counter() - began:.0f} s")
    costs = {"turn_ms": arguments.turn_ms, "stt_ms": stt_ms}
    write_json(arguments.json, "barge_in", {**costs, "casts": arguments.casts, "parts": results})


def _told(arguments: argparse.Namespace) -> Callable[[JudgedBargeIn], bool]:
    return lambda judged: arguments.all or bool(arguments.verbose and judged.wrong)


def play(
    scenes: Sequence[BargeInScene],
    stage: Stage,
    casts: int,
    told: Callable[[JudgedBargeIn], bool] = lambda _: False,
) -> list[JudgedBargeIn]:
    """Play every scene ``casts`` times, each time in other voices."""
    judged = []
    for scene in scenes:
        for take in range(casts):
            played = play_scene(scene, scene.number + 3 * take, stage)
            judged.append(judge(scene, played))
            if told(judged[-1]):
                cast = ", ".join(stage.cast(scene.number + 3 * take).values())
                tell(scene, played, judged[-1], cast)
    return judged


def _runs(
    arguments: argparse.Namespace, models: BenchModels, engine: EspeakEngine
) -> Iterator[tuple[str, Sequence[BargeInScene], Stage]]:
    """The name, the scenes and the stage of each run."""
    settings = load_settings()
    given = arguments.scenes and parse(arguments.scenes.read_text(encoding="utf-8"))
    if arguments.oracle:
        synthetic = [name for name in VOICES if name != ESPEAK_BOT]
        stage = Stage(Renderer(engine), synthetic, ESPEAK_BOT, models, settings.pipeline)
        yield "synthetic voices", given or load(), stage
        return
    stt = load_transcriber(settings.pipeline.stt, ModelStore(settings.models).whisper_path)
    transcripts = KeptTranscripts(stt, settings.pipeline.stt)
    for part in PARTS:
        if arguments.part in (None, part) and not (given and part == "tuning"):
            named = arguments.voices and arguments.voices.split(",")
            people: Sequence[str] = named or NEURAL_VOICES[part]
            stage = Stage(
                NeuralVoices(), people, NEURAL_BOT, models, settings.pipeline, transcripts
            )
            yield ("scenes given", given, stage) if given else (part, load(part), stage)


if __name__ == "__main__":
    main()
