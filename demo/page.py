"""``run.py demo --page``: talk with the demo's agents in a browser, until Ctrl-C."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from rich.console import Console

from app.model_loading import speech_models
from app.services import services
from app.speech_server import speech_server
from app.web_pages import web_pages
from demo.script import FIXTURE, DemoScript
from demo.stage import turn_model
from models.progress import ConsoleReporter
from models.store import ModelStore
from openclaw_client import OpenClawConfig
from settings import Settings
from simulators.gateway import GatewaySimulator, ScriptedAgent
from simulators.gateway.agents import Rule, jarvis, sage
from web.settings import WebSettings

ABOUT: Final = """\
The bot's pages with its real models, with a simulated OpenClaw Gateway: the agents answer by
fixed rules. Nothing leaves this machine."""
_TOKEN: Final = "a-token-for-loopback"

_GREETING: Final = (
    Rule(
        r"\bwhat can you do\b|\bhelp\b",
        "I answer by a few fixed rules, for I am only a demonstration.",
        "Ask me for the time, the news, the weather in London, a joke or a story.",
        "Speak over me, and I will pause for you. Say stop, and I stop.",
    ),
    Rule(r"\bhello\b|\bhi\b|\bgood (morning|evening|afternoon)\b", "Good day. How may I help?"),
    Rule(r"\bhow are you\b", "Very well, thank you."),
    Rule(
        r"\bwho made you\b|\bare you (real|an ai)\b",
        "I am a few rules in a simulator. The speech to text and the voice are the real ones.",
    ),
)
PAGE_AGENTS: Final = (
    ScriptedAgent(
        "jarvis",
        "Jarvis",
        (*jarvis().rules, *_GREETING, *sage().rules),
        "I have no rule for that. Ask me what I can do.",
    ),
    ScriptedAgent("sage", "Sage", (*sage().rules, *_GREETING, *jarvis().rules), sage().otherwise),
)


@asynccontextmanager
async def demo_pages(
    settings: Settings,
    script: DemoScript,
    console: Console,
    progress: Callable[[str], None],
) -> AsyncIterator[str]:
    """Serve the pages with the demo's agents; yields their address.

    Raises:
        ModelError: a model is missing or unusable.
        PipelineError: a model does not load.
        WebNotStarted: the address cannot be used.
    """
    fixture = script is FIXTURE
    agents = script.agents if fixture else PAGE_AGENTS
    store = ModelStore(settings.models, ConsoleReporter(console))
    async with (
        GatewaySimulator(token=_TOKEN, agents=agents) as gateway,
        speech_models(
            store,
            settings.pipeline,
            progress,
            turn_model=turn_model(store, progress) if fixture else None,
        ) as models,
        # A voice that is not prepared yet begins to speak later than in a call.
        speech_server(None if fixture else settings, stock=False, wait=True) as speech,
    ):
        progress(f"agents' voices: {speech.engine}, ready")
        own = _on_loopback(settings, gateway.url, speech.url)
        async with (
            services(own, models=models, progress=progress) as shared,
            web_pages(shared, discord=False, required=True) as pages,
        ):
            yield pages.url


def _on_loopback(settings: Settings, gateway_url: str, speech_url: str) -> Settings:
    openclaw = OpenClawConfig.model_validate(
        {"base_url": gateway_url, "auth_token": _TOKEN, "agent_id": "jarvis"}
    )
    tts = settings.tts.model_copy(update={"url": speech_url})
    # The bot's own server is the fallback here: espeak-ng speaks at once on any machine.
    server = settings.server.model_copy(update={"engine": "espeak", "own_process": False})
    return settings.model_copy(update={"openclaw": openclaw, "tts": tts, "server": server})


async def show_pages(console: Console, settings: Settings, script: DemoScript) -> int:
    """Serve the pages until Ctrl-C."""

    def progress(what: str) -> None:
        console.print(f"  {what}", highlight=False, markup=False)

    console.print(f"{ABOUT}\n{script.about}", highlight=False)
    console.print("\n[bold]Setting up[/bold]")
    with suppress(asyncio.CancelledError):
        async with demo_pages(settings, script, console, progress) as url:
            console.print(f"\nOpen [bold]{url}/talk[/bold] in a browser on this machine, and talk.")
            console.print("A second window is a second person, under another name.")
            console.print(f"{url}/ shows the bot's state. Ctrl-C ends it.", highlight=False)
            await asyncio.Event().wait()
    console.print("ended")
    return 0


def page_settings(own: Settings, demo: Settings, port: int | None) -> Settings:
    """The demo's settings with the user's address of the pages, on this machine alone."""
    web = WebSettings(port=own.web.port if port is None else port, people=own.web.people)
    return demo.model_copy(update={"web": web})
