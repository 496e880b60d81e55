"""When turns are found to end: ``python -m bench.conversation.turn_taking``.

Scenes with pauses inside turns are spoken by neural voices (Kokoro), and the real VAD, Smart Turn
and Whisper base hear them; recordings of people are the check. Each endpoint rule is judged on the
same silences: how many pauses it takes for an end, in how many an answer sounds, and how long after
a true end the first sound comes. Results of the models are kept in ``.cache/bench/results``.

``--recognition`` runs the rules in the whole recognition in virtual time instead: slower, with the
speaker's pace and with turns that are cut into several.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from bench.conversation.turn_taking import recognition
from bench.conversation.turn_taking.neural import VOICES, Making
from bench.conversation.turn_taking.observed import Observed
from bench.conversation.turn_taking.policies import rules
from bench.conversation.turn_taking.sample_maker import SampleMaker
from bench.conversation.turn_taking.scenes import PARTS, TurnScene, load, load_file
from bench.conversation.turn_taking.table import report
from bench.recordings import RecordingsUnusable
from bench.report import add_json_argument, write_json
from pipeline.listening.endpoint_rule import EndpointRule
from settings import load_settings

_LEGEND: Final = (
    "cut: pauses taken for the end; into: pauses in which an answer sounds, with an instant agent "
    "and with one of 0.8 s (800); then the first sound after the true end, median / p90 in ms, by "
    "the agent's time to its first sentence (with 150 ms of speech synthesis); aborted: runs that "
    "a voice ended, of all that were started"
)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--part", choices=PARTS, default="test", help="of the scenes")
    parser.add_argument("--scenes", type=Path, help="a file of scenes instead of a part")
    parser.add_argument("--voices", help="Kokoro's voices, separated by commas")
    parser.add_argument("--making", choices=[each.value for each in Making], action="append",
                        help="how a pause is made: both by default")  # fmt: skip
    parser.add_argument("--recordings", type=Path, help="a folder instead of the public recordings")
    parser.add_argument("--no-people", action="store_true", help="leave the recordings out")
    parser.add_argument("--recognition", action="store_true", help="run the whole recognition")
    parser.add_argument("--only", type=int, help="the first so many scenes")
    add_json_argument(parser)
    arguments = parser.parse_args()
    began = time.perf_counter()
    scenes = load_file(arguments.scenes) if arguments.scenes else load(arguments.part)
    voices = tuple(arguments.voices.split(",")) if arguments.voices else VOICES[arguments.part]
    makings = [Making(each) for each in arguments.making or ("whole", "pieces")]
    known = rules(load_settings().pipeline.turn)
    maker = SampleMaker()
    if arguments.recognition:
        found = recognition.run(scenes[: arguments.only], voices, makings[0], maker, known)
    else:
        print(_LEGEND)
        found = _table(scenes[: arguments.only], voices, makings, maker, known)
        if not arguments.no_people:
            found |= _people(maker, arguments.recordings, known)
    if maker.missing:
        print(f"\n{maker.missing} scenes were left out: their clips are missing")
    print(f"\n{time.perf_counter() - began:.0f} s")
    write_json(arguments.json, "turn_taking", {"voices": list(voices), **found})


def _table(
    scenes: Sequence[TurnScene],
    voices: Sequence[str],
    makings: Sequence[Making],
    maker: SampleMaker,
    known: Mapping[str, EndpointRule],
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    rows: list[Observed] = []
    for making in makings:
        made = maker.scenes(scenes, voices, making, _SHIFTS[making])
        if made:
            name = f"scripted pauses, {making.value}"
            found[name] = report(name, made, known)
        rows += made
    if rows:
        found["natural"] = report("pauses as in conversation", rows, known, natural=True)
    return found


def _people(
    maker: SampleMaker, folder: Path | None, known: Mapping[str, EndpointRule]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    # Half of the public prompts are fitted on.
    prompts = partial(maker.recordings, part=None if folder else "test")
    sets: dict[str, Callable[[Path | None], list[Observed]]] = {
        "people, prompts": prompts,
        "people, meetings": maker.meetings,
    }
    for name, make in sets.items():
        try:
            rows = make(folder)
        except RecordingsUnusable as error:
            print(f"\n{name}: left out: {error}")
            continue
        if rows:
            found[name] = report(name, rows, known)
    return found


_SHIFTS: Final = {Making.WHOLE: 0, Making.PIECES: 2}
"""A scene has another voice when it is spoken in pieces."""

if __name__ == "__main__":
    main()
