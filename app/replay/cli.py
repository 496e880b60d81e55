"""``run.py replay``: recordings through the whole room, as events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from app.hearing import open_hearing
from app.model_loading import load_language_model, speech_models
from app.openclaw_agent import OpenClawAgent
from app.replay.expectations import CaseResult, check, load_cases
from app.replay.microphone import Microphone, read_microphone
from app.replay.models import (
    LANGUAGE_MODEL_S,
    TRANSCRIPTION_S,
    TURN_MODEL_S,
    FixedAgent,
    ReplaySynthesizer,
)
from app.replay.report import ReplayEvent
from app.replay.room import ReplayPorts, replay
from app.replay.voice import embedded_voice
from models.registry import SILERO_VAD, SMART_TURN
from models.store import ModelStore
from openclaw_client import PerGuildOpenClawClient
from pipeline.inference.silero_vad import SileroVad
from pipeline.inference.smart_turn import SmartTurn
from pipeline.inference.speech_models import SpeechToText, TurnModel
from pipeline.inference.timed_models import TimedModels
from pipeline.listening.audio_input import AudioInput, VadModel
from pipeline.personas import personas
from pipeline.ports import Persona
from settings import Settings
from virtual_time import VirtualTimeLoop

ANSWER: Final = "Here is what I found. Tell me if you would like to know more."
_GUILD: Final = 0
_FAILED: Final = 1


class UnusableReplay(Exception):
    """The arguments do not fit together; the message says what to change."""


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """The arguments of the command. ``answer`` is the agents'; None is `ANSWER`."""

    paths: tuple[Path, ...]
    agents: tuple[str, ...] = ()
    answer: str | None = None
    answer_after_s: float = 0.0
    gateway: bool = False
    json: bool = False


def run_replay(settings: Settings, options: ReplayOptions, out: TextIO) -> int:
    """Replay recordings, or the cases of a folder: 1 if a case fails, else 0.

    Raises:
        UnusableReplay, UnreadableAudio, UnreadableCase: the message says what to change.
        ModelError, ModelUnavailable: a model is missing.
    """
    if any(path.is_dir() for path in options.paths):
        if len(options.paths) > 1:
            raise UnusableReplay("give either recordings or one folder of cases, not both")
        return _run_suite(settings, options, out)
    microphones = [read_microphone(path) for path in options.paths]
    names = [each.name for each in microphones]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise UnusableReplay(
            f"two recordings are of {twice[0]}: a file's name is its speaker; rename one"
        )

    def write(event: ReplayEvent) -> None:
        out.write((event.as_json() if options.json else event.as_text()) + "\n")
        out.flush()

    if options.gateway:
        asyncio.run(_replay_with_gateway(settings, options, microphones, write))
    else:
        with _replays(settings) as replays:
            replays.run(microphones, options, write)
    return 0


def chosen_personas(settings: Settings, names: Sequence[str]) -> Mapping[str, Persona]:
    """The agents of a replay, the current one first; without names those of the settings.

    Raises:
        UnusableReplay: the settings have no such agent.
    """
    known = personas(settings.agents, settings.openclaw.agent_id)
    if not names:
        first = settings.openclaw.agent_id
        return {first: known[first], **known}
    if unknown := [name for name in names if name not in known]:
        raise UnusableReplay(
            f"the settings have no agent {unknown[0]!r}: they have {', '.join(known)}"
        )
    return {name: known[name] for name in names}


class _Replays:
    """Replays in virtual time, with the models loaded once."""

    def __init__(self, settings: Settings, store: ModelStore, stt: SpeechToText) -> None:
        self._settings = settings
        self._vad: VadModel = SileroVad(store.path(SILERO_VAD.name))
        self._turn: TurnModel = SmartTurn(store.path(SMART_TURN.name))
        self._text = load_language_model(store, settings.pipeline.turn)
        self._stt = stt
        self._synthesizer = ReplaySynthesizer(embedded_voice(settings))

    def run(
        self,
        microphones: Sequence[Microphone],
        options: ReplayOptions,
        write: Callable[[ReplayEvent], None] = lambda _: None,
    ) -> list[ReplayEvent]:
        with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(float("inf"))) as runner:
            return runner.run(self._replay(microphones, options, write))

    async def _replay(
        self,
        microphones: Sequence[Microphone],
        options: ReplayOptions,
        write: Callable[[ReplayEvent], None],
    ) -> list[ReplayEvent]:
        hearing = AudioInput(self._vad, asyncio.get_running_loop().time)
        ports = ReplayPorts(
            TimedModels(
                hearing,
                self._turn,
                self._stt,
                turn_s=TURN_MODEL_S,
                transcription_s=TRANSCRIPTION_S,
                text=self._text,
                text_s=LANGUAGE_MODEL_S,
            ),
            FixedAgent(
                ANSWER if options.answer is None else options.answer, options.answer_after_s
            ),
            self._synthesizer,
        )
        agents = chosen_personas(self._settings, options.agents)
        return await replay(microphones, ports, self._settings.pipeline, agents, write)


@contextmanager
def _replays(settings: Settings) -> Iterator[_Replays]:
    store = ModelStore(settings.models)
    with open_hearing(store, settings.pipeline.stt) as hearing:
        yield _Replays(settings, store, hearing.stt)


async def _replay_with_gateway(
    settings: Settings,
    options: ReplayOptions,
    microphones: Sequence[Microphone],
    write: Callable[[ReplayEvent], None],
) -> None:
    """Ask the real agents, in real time: their answers take as long as they take."""
    store = ModelStore(settings.models)
    async with (
        speech_models(store, settings.pipeline, lambda _: None) as models,
        PerGuildOpenClawClient(settings.openclaw) as gateway,
    ):
        agent = OpenClawAgent(gateway.get_or_create(_GUILD), lambda: None)
        ports = ReplayPorts(models, agent, ReplaySynthesizer(embedded_voice(settings)))
        await replay(
            microphones, ports, settings.pipeline, chosen_personas(settings, options.agents), write
        )


def _run_suite(settings: Settings, options: ReplayOptions, out: TextIO) -> int:
    if options.gateway:
        raise UnusableReplay("a suite has fixed answers: leave --gateway out")
    cases = load_cases(options.paths[0])
    for file, case in cases.items():
        try:
            chosen_personas(settings, case.agents or options.agents)
        except UnusableReplay as error:
            raise UnusableReplay(f"{file}: {error}") from error
    results: list[CaseResult] = []
    with _replays(settings) as replays:
        for file, case in cases.items():
            microphones = [read_microphone(path) for path in case.files]
            own = ReplayOptions(
                case.files,
                case.agents or options.agents,
                options.answer if case.answer is None else case.answer,
                options.answer_after_s,
            )
            result = check(file.stem, case, replays.run(microphones, own))
            results.append(result)
            _print_result(result, out, as_json=options.json)
    failed = sum(bool(result.failed) for result in results)
    if not options.json:
        out.write(f"{len(results) - failed} of {len(results)} cases passed\n")
    return _FAILED if failed else 0


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
