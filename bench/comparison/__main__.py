"""The bot compared with its rivals: ``python -m bench.comparison``.

Voice activity and end of turn of the bot, of Pipecat (SileroVADAnalyzer, LocalSmartTurnAnalyzerV3)
and of LiveKit Agents (local VAD, turn detector v1-mini), each with its defaults. All get the same
audio in real time, one after the other, each in its own process. Then: how soon each stops for an
interruption. The first run installs the rivals into ``.cache/comparison``.

In Discord, silent members send nothing and cost the bot nothing. Here the audio of all speakers is
continuous, as the rivals expect it.
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
from bench.report import add_json_argument, write_json

RESULTS = ROOT / "bench/results/comparison.json"
PAGE = ROOT / "docs/comparison.md"


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
    except (NoEnvironment, NoSpeech, AdapterFailed, OSError) as error:
        print(f"bench.comparison: {error}", file=sys.stderr)
        return 2
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(terminal(results))
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
        plan = RunPlan((1, 10), seconds=5.0, interruptions=3, turns=False, contenders=stock)
    if arguments.speakers:
        plan = replace(plan, speakers=tuple(sorted(set(arguments.speakers))))
    if arguments.seconds:
        plan = replace(plan, seconds=arguments.seconds)
    return replace(plan, audio=tuple(arguments.audio))


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
    parser.add_argument("--quick", action="store_true", help="some two minutes, rougher numbers")
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
