"""How well the bot finds what is addressed to it: ``python -m bench.conversation.addressee``.

Scores the rules on the addressee set, part by part and level by level, with the words as they are
written and stripped of commas, closing marks and capitals. ``--heard`` also scores them as Whisper
hears every line in a Kokoro voice. It also measures the CPU time of a decision.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bench.conversation.addressee.heard import (
    REFERENCE,
    VOICES,
    Heard,
    Listener,
    Words,
    cases_as_heard,
    write_transcripts,
)
from bench.conversation.addressee.scenes import (
    PARTS,
    Case,
    Part,
    Wording,
    as_written,
    cases,
    decide,
    stripped,
)
from bench.conversation.addressee.score import all_levels, kinds_table, mistakes, numbers, table
from bench.conversation.clips import MissingClip
from bench.conversation.scene_files import SceneError
from bench.report import add_json_argument, write_json
from pipeline.errors import ModelUnavailable


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--part", choices=PARTS, help="only this part")
    parser.add_argument("--scenes", type=Path, metavar="PATH", help="a file or folder of scenes")
    parser.add_argument("--heard", action="store_true", help="also as speech to text hears them")
    parser.add_argument(
        "--voices", metavar="NAMES", help="the voices for --heard, separated by commas"
    )
    parser.add_argument(
        "--listen", action="store_true", help="with --heard, transcribe all lines again"
    )
    parser.add_argument("--keep", type=Path, metavar="FILE", help="write the transcripts here")
    parser.add_argument("--verbose", action="store_true", help="also what was misjudged, and why")
    add_json_argument(parser)
    arguments = parser.parse_args()
    sources: Mapping[str, Part | Path] = {
        part: part for part in PARTS if arguments.part in (None, part)
    }
    if arguments.scenes is not None:
        sources = {str(arguments.scenes): arguments.scenes}
    found: dict[str, dict[str, object]] = {"parts": {}}
    heard: dict[Heard, Words] = {}
    try:
        for name, source in sources.items():
            for form, wording in _wordings(source, arguments).items():
                judged = _judged(source, wording)
                scores = all_levels(judged)
                found.setdefault("parts" if form == "written" else form, {})[name] = numbers(scores)
                cpu_us = decision_cpu_us(judged)
                found.setdefault("decision_cpu_us", {})[f"{name}, as {form}"] = round(cpu_us)
                print(f"{name}, as {form}\n\n{table(scores)}\n\n{kinds_table(scores)}\n")
                print(f"a decision takes {cpu_us:.0f} us of CPU time\n")
                if arguments.verbose:
                    print(f"{mistakes(scores)}\n")
                if isinstance(wording, Listener):
                    heard |= wording.heard
    except (MissingClip, ModelUnavailable, SceneError) as error:
        raise SystemExit(str(error)) from error
    print("kinds: answered / to be answered, + answered that was not to be")
    print("false: answered share of the lines that are for no agent")
    if arguments.keep is not None:
        write_transcripts(arguments.keep, heard)
    write_json(arguments.json, "addressee", found)


def decision_cpu_us(judged: Sequence[Case]) -> float:
    """The mean CPU time of a decision in microseconds, with the analysis of the words."""
    unparsed = [replace(case, utterance=replace(case.utterance)) for case in judged]
    started = time.process_time()
    for case in unparsed:
        decide(case, "medium")
    return (time.process_time() - started) * 1e6 / max(1, len(unparsed))


def _wordings(source: Part | Path, arguments: argparse.Namespace) -> dict[str, Wording]:
    wordings: dict[str, Wording] = {"written": as_written, "stripped": stripped}
    if arguments.heard:
        voices = VOICES["earlier" if isinstance(source, Path) else source]
        if arguments.voices:
            voices = tuple(name.strip() for name in arguments.voices.split(","))
        wordings["heard"] = Listener(voices, reference=None if arguments.listen else REFERENCE)
    return wordings


def _judged(source: Part | Path, wording: Wording) -> list[Case]:
    """The cases to judge."""
    if isinstance(wording, Listener):
        return cases_as_heard(source, wording)
    return cases(source, wording)


if __name__ == "__main__":
    main()
