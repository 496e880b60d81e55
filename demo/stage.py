"""What the demo's call stands on: its script, models, voices, and the simulated services."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from rich.console import Console

from app.model_loading import speech_models
from app.speech_server import speech_server
from demo.script import FIXTURE, REAL, DemoScript
from models.errors import ModelError
from models.progress import ConsoleReporter
from models.registry import KOKORO, SMART_TURN
from models.store import ModelStore
from pipeline.audio import Samples
from pipeline.inference.devices import usable_settings, whisper_size
from pipeline.inference.speech_models import TurnModel
from pipeline.settings import RelevanceSettings
from server.settings import ServerSettings
from settings import Settings
from testing.harness import ConversationHarness, conversation_harness


@asynccontextmanager
async def demo_call(
    settings: Settings,
    script: DemoScript,
    console: Console,
    progress: Callable[[str], None],
    *,
    dave: bool = True,
) -> AsyncIterator[ConversationHarness]:
    """The bot between the simulators, with the models and agents of a script.

    Raises:
        ModelError: a model is missing or unusable.
        PipelineError: a model does not load.
    """
    store = ModelStore(settings.models, ConsoleReporter(console))
    fixture = script is FIXTURE
    began = time.monotonic()
    async with (
        speech_models(
            store,
            settings.pipeline,
            progress,
            turn_model=turn_model(store, progress) if fixture else None,
        ) as models,
        # A voice that is not prepared yet begins to speak later than in a call.
        speech_server(None if fixture else settings, stock=False, wait=True) as server,
    ):
        progress(f"agents' voices: ready in {time.monotonic() - began:.1f} s")
        async with conversation_harness(
            server.url,
            base=settings,
            dave=dave,
            models=models,
            agents=script.agents,
            member_voices=script.voices,
            model_size=settings.pipeline.stt.model_size,
            progress=progress,
        ) as harness:
            yield harness


def choose_script(console: Console, own: Settings, *, fixture: bool) -> DemoScript:
    """The real script if its models are here or can be downloaded, else the fixture's."""
    if fixture:
        return FIXTURE
    try:
        store = ModelStore(own.models, ConsoleReporter(console))
        store.whisper_path(whisper_size(usable_settings(own.pipeline.stt)[0]))
        store.path(KOKORO.name)
    except ModelError as error:
        console.print(
            f"The real speech models are missing: {error}\n"
            "The demo uses the fixture model and espeak-ng instead.",
            style="yellow",
            markup=False,
        )
        return FIXTURE
    return REAL


def demo_settings(own: Settings, script: DemoScript) -> Settings:
    """The user's model folder and pipeline settings, and the defaults for the rest.

    The scenario is in English, for its agents and the default sensitivity. The fixture's words need
    no language model.
    """
    update = {"language": "en"} if script is REAL else {"language": None, "model_size": "fixture"}
    stt = own.pipeline.stt.model_copy(update=update)
    turn = own.pipeline.turn
    if script is not REAL:
        turn = turn.model_copy(update={"language_model": False})
    pipeline = own.pipeline.model_copy(
        update={"stt": stt, "turn": turn, "relevance": RelevanceSettings()}
    )
    server = ServerSettings(threads=own.server.threads, device=own.server.device)
    return Settings(models=own.models, pipeline=pipeline, server=server)


class UndecidedTurnModel:
    """Finds an end and a pause equally likely."""

    def probability(self, audio: Samples) -> float:
        return 0.5


def turn_model(store: ModelStore, progress: Callable[[str], None]) -> TurnModel | None:
    """A model in the place of Smart Turn where that cannot be had, else None."""
    try:
        store.path(SMART_TURN.name)
    except ModelError as error:
        progress(f"end of turn: judged by the words alone; {error}")
        return UndecidedTurnModel()
    return None
