"""``run.py replay``: recordings through the whole room, as events."""

from __future__ import annotations

import asyncio
from typing import TextIO

from app.replay.microphone import read_microphones, speaker_of
from app.replay.options import ReplayOptions, UnusableReplay, chosen_personas
from app.replay.report import ReplayEvent
from app.replay.runs import replay_with_gateway, replays
from app.replay.suite import run_suite
from settings import Settings


def run_replay(settings: Settings, options: ReplayOptions, out: TextIO) -> int:
    """Replay recordings, or the cases of a folder: 1 if a case fails, else 0.

    All arguments and recordings are checked before a model is loaded.

    Raises:
        UnusableReplay, UnreadableAudio, UnreadableCase: the message says what to change.
        OpenClawError: the Gateway of the option cannot be reached.
        ModelError, ModelUnavailable: a model is missing.
        OSError: ``out`` cannot be written; nothing more is replayed.
    """
    if options.gateway and (options.answer is not None or options.answer_after_s):
        raise UnusableReplay(
            "with --gateway the agents of the Gateway answer: leave --answer and --answer-after out"
        )
    chosen_personas(settings, options.agents)
    if any(path.is_dir() for path in options.paths):
        if len(options.paths) > 1:
            raise UnusableReplay("give either recordings or one folder of cases, not both")
        if options.gateway:
            raise UnusableReplay("a suite has fixed answers: leave --gateway out")
        return run_suite(settings, options, out)
    names = [speaker_of(path) for path in options.paths]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UnusableReplay(
            f"two recordings are of {twice[0]}: a file's name is its speaker; rename one"
        )
    microphones = read_microphones(options.paths)
    spoke = False

    def write(event: ReplayEvent) -> None:
        nonlocal spoke
        spoke = True
        out.write((event.as_json() if options.json else event.as_text()) + "\n")
        out.flush()

    if options.gateway:
        asyncio.run(replay_with_gateway(settings, options, microphones, write))
    else:
        with replays(settings) as runs:
            runs.run(microphones, options, write)
    if not spoke and not options.json:
        out.write("The recordings have no speech, so there are no events.\n")
    return 0
