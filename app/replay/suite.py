"""A folder of cases, each a replay with what is expected of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, TextIO

from app.audio_file import UnreadableAudio, read_all
from app.output import name_of
from app.replay.case_files import load_cases
from app.replay.expectations import CaseResult, ReplayCase, check
from app.replay.microphone import read_microphones
from app.replay.options import ReplayOptions, UnusableReplay, chosen_personas, no_such
from app.replay.runs import replays
from settings import Settings

_FAILED: Final = 1


def run_suite(settings: Settings, options: ReplayOptions, out: TextIO) -> int:
    """Replay the cases of the folder ``options.paths``: 1 if one fails, else 0.

    Raises:
        UnusableReplay, UnreadableCase: with a line for every problem of every case, before
            anything runs.
        ModelError, ModelUnavailable: a model is missing.
    """
    cases = load_cases(options.paths[0])
    if problems := _problems(settings, options, cases):
        raise UnusableReplay("\n".join(problems))
    endings = Counter(file.stem for file in cases)
    results: list[CaseResult] = []
    with replays(settings) as runs:
        for file, case in cases.items():
            own = replace(
                options,
                agents=case.agents or options.agents,
                answer=options.answer if case.answer is None else case.answer,
            )
            events = runs.run(read_microphones(case.files), own)
            label = file.stem if endings[file.stem] == 1 else file.name
            results.append(check(name_of(Path(label)), case, events))
            _print_result(results[-1], out, as_json=options.json)
    failed = sum(bool(result.failed) for result in results)
    if not options.json:
        out.write(f"{len(results) - failed} of {len(results)} cases passed\n")
    return _FAILED if failed else 0


def _problems(
    settings: Settings, options: ReplayOptions, cases: Mapping[Path, ReplayCase]
) -> list[str]:
    """What is wrong with the agents and the recordings of all cases."""
    problems: list[str] = []
    heard: dict[Path, str] = {}
    for file, case in cases.items():
        try:
            agents = chosen_personas(settings, case.agents or options.agents)
        except UnusableReplay as error:
            problems.append(f"{file}: {error}")
        else:
            problems += [
                f"{file}: expectation {number}, agent: there is {no_such('agent', name, agents)}"
                for number, each in enumerate(case.expect, 1)
                if (name := each.agent) is not None and name not in agents
            ]
        for recording in case.files:
            if recording not in heard:
                heard[recording] = _defect(recording)
            if heard[recording]:
                problems.append(f"{file}: {heard[recording]}")
    return problems


def _defect(recording: Path) -> str:
    """Why a recording cannot be used; empty if it can."""
    try:
        read_all([recording])
    except UnreadableAudio as error:
        return str(error)
    return ""


def _print_result(result: CaseResult, out: TextIO, *, as_json: bool) -> None:
    if as_json:
        out.write(result.as_json() + "\n")
        out.flush()
        return
    out.write(f"{'FAILED' if result.failed else 'passed'}  {result.name}\n")
    for expectation in result.failed:
        out.write(f"    expected {expectation}; the {expectation.event} events were:\n")
        same = [event for event in result.events if event.kind == expectation.event]
        lines = [event.as_text() for event in same] or ["none"]
        out.write("".join(f"      {line}\n" for line in lines))
    out.flush()
