"""The bot beside Pipecat and LiveKit Agents: ``python -m bench.comparison``.

Where turns end: neural voices with pauses, meetings and recorded prompts are played to the code of
each system on a virtual clock, with the same Whisper base. A fixed silence of 0.8 s stands beside
them. Then, in real time and one after the other: what listening to many speakers costs, and how
soon each stops for an interruption. Every system has its defaults and a process of its own. The
first run installs them into ``.cache/comparison``.

In Discord, silent members send nothing and cost the bot nothing. Here the audio of all speakers is
continuous, as the other systems expect it.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from bench.comparison.environment import ROOT, NoEnvironment
from bench.comparison.results import Results, read
from bench.comparison.runner import CONTENDERS, AdapterFailed, RunPlan, compare
from bench.comparison.scenes import NoSpeech
from bench.comparison.table import note, terminal, with_table
from bench.conversation.clips import MissingClip
from bench.report import add_json_argument, write_json

RESULTS = ROOT / "bench/results/comparison.json"
PAGE = ROOT / "docs/comparison.md"
_QUICK_TURNS = 6


def main() -> int:
    arguments = _arguments()
    if arguments.page:
        PAGE.write_text(
            with_table(PAGE.read_text(encoding="utf-8"), read(RESULTS)), encoding="utf-8"
        )
        print(f"the table of {RESULTS.relative_to(ROOT)} is in {PAGE.name}")
        return 0
    load = os.getloadavg()[0]
    if load > 1:
        print(f"load average {load:.2f}: other work on this machine disturbs the times")
    try:
        results, failures = compare(_plan(arguments), lambda step: print(step, flush=True))
    except (NoEnvironment, NoSpeech, MissingClip, AdapterFailed, OSError) as error:
        print(f"bench.comparison: {error}", file=sys.stderr)
        return 2
    console = Console(width=None if sys.stdout.isatty() else 160)
    for table in terminal(results):
        console.print(table)
    console.print(note(results))
    write_json(arguments.json, "comparison", results.numbers)
    if arguments.picture is not None:
        _draw(arguments.picture, results)
    for failure in failures:
        print(f"FAILED: {failure}", file=sys.stderr)
    return 1 if failures else 0


def _draw(file: Path, results: Results) -> None:
    try:
        from bench.comparison.picture import draw
    except ModuleNotFoundError as error:
        print(f"no picture: {error}; `make bench` installs what it needs", file=sys.stderr)
    else:
        draw(results, file)


def _plan(arguments: argparse.Namespace) -> RunPlan:
    plan = RunPlan()
    if arguments.quick:
        stock = tuple(contender for contender in CONTENDERS if contender.whole)
        plan = RunPlan(
            (1, 10), seconds=5.0, interruptions=3, talk_turns=_QUICK_TURNS, contenders=stock
        )
    if arguments.speakers:
        plan = replace(plan, speakers=tuple(sorted(set(arguments.speakers))))
    if arguments.seconds:
        plan = replace(plan, seconds=arguments.seconds)
    if arguments.turns_only:
        plan = replace(plan, speakers=(), interruptions=0)
    if arguments.turns is not None:
        plan = replace(plan, talk_turns=arguments.turns)
    return replace(plan, audio=tuple(arguments.audio), recordings=arguments.recordings)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.comparison",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--speakers", type=_positive(int), nargs="+", metavar="N")
    parser.add_argument("--seconds", type=_positive(float), help="of audio in each run")
    parser.add_argument("--audio", type=Path, nargs="+", default=[], metavar="FILE",
                        help="recordings to hear instead of the scenes, a turn each")  # fmt: skip
    parser.add_argument("--turns", type=int, metavar="N",
                        help="at most so many of each set; 0 for none")  # fmt: skip
    parser.add_argument("--turns-only", action="store_true", help="neither load nor barge-in")
    parser.add_argument("--recordings", type=Path, metavar="DIR",
                        help="in place of the public recordings")  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="some minutes, rougher numbers")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw the results: svg or png")
    parser.add_argument("--page", action="store_true",
                        help="only write docs/comparison.md from bench/results")  # fmt: skip
    add_json_argument(parser)
    return parser.parse_args()


def _positive(kind: type[int] | type[float]) -> Callable[[str], float]:
    def parse(text: str) -> float:
        number = kind(text)
        if number <= 0:
            raise argparse.ArgumentTypeError(f"{text} is not above 0")
        return number

    parse.__name__ = kind.__name__
    return parse


if __name__ == "__main__":
    sys.exit(main())
