"""``run.py doctor``: what works on this machine, what does not, and what to do about it.

Each check is one function that returns one `Finding` and does not raise for what it looks for.
"""

from __future__ import annotations

import importlib.metadata
import platform
import re
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from configuration.errors import SettingsError
from discord_bot.receive.errors import OpusNotFound
from discord_bot.receive.opus import load_libopus
from models.errors import ModelError
from models.inventory import Entry, State, inventory
from models.store import ModelStore
from openclaw_client.agents_found import agents_found
from openclaw_client.client import OpenClawClient
from openclaw_client.device_store import DeviceStore
from openclaw_client.errors import GatewayRefused, GatewayUnreachable, OpenClawError
from openclaw_client.node.approval import approval_of
from pipeline.agents import personas
from pipeline.errors import SpeechUnavailable
from pipeline.ports import Voice
from pipeline.transcriber import whisper_size
from server.errors import ServerNotStarted
from server.runner import EmbeddedServer
from server.settings import ServerSettings
from server.tts.client import HttpSynthesizer
from server.tts.errors import TtsError
from settings import Settings, load_settings

PYTHON: Final = ((3, 11), (3, 14))
"""From the first, below the second: what is tested."""
DAVEY: Final = ((0, 1, 5), (0, 2))
"""With 0.2 the bot would be deaf: it wants calls that discord.py 2.7 does not make."""


class Grade(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; ``advice`` says what to do where something is to be done."""

    grade: Grade
    subject: str
    words: str
    advice: str = ""

    def __str__(self) -> str:
        line = f"{self.grade:<5}{self.subject}: {self.words}"
        return f"{line}\n     -> {self.advice}" if self.advice else line


async def examine(config: Path | None, say: Callable[[object], None]) -> int:
    """Say each finding as soon as it is there; 0 if nothing failed, else 1."""
    failed = 0
    async with aclosing(findings(config)) as found:
        async for finding in found:
            say(finding)
            failed += finding.grade is Grade.FAIL
    say(f"\n{failed} of these must be put right first." if failed else "\nNothing is in the way.")
    return 1 if failed else 0


async def findings(config: Path | None) -> AsyncGenerator[Finding, None]:
    """Every check in turn, the quick ones first."""
    yield check_python()
    finding, settings = check_settings(config)
    yield finding
    yield check_token(settings)
    yield check_libopus(settings)
    yield check_davey()
    yield check_gpu(settings)
    for finding in check_models(settings):
        yield finding
    yield await check_speech(settings)
    yield await check_gateway(settings)
    yield await check_node(settings)


def check_python(version: tuple[int, ...] = tuple(sys.version_info[:3])) -> Finding:
    words = ".".join(map(str, version))
    if PYTHON[0] <= version < PYTHON[1]:
        return Finding(Grade.OK, "Python", f"{words} on {platform.system()} {platform.machine()}")
    return Finding(
        Grade.FAIL, "Python", f"{words} is not supported", "use Python 3.11, 3.12 or 3.13"
    )


def check_settings(config: Path | None) -> tuple[Finding, Settings]:
    """The settings with their finding; the defaults stand in for unusable ones."""
    try:
        settings = load_settings(config)
    except SettingsError as error:
        advice = "correct these; the checks below are made with the default settings"
        return Finding(Grade.FAIL, "settings", str(error), advice), Settings()
    return Finding(Grade.OK, "settings", "config.yaml, .env and environment are valid"), settings


def check_token(settings: Settings) -> Finding:
    token = settings.discord.token
    subject = "Discord token"
    if token is None:
        return Finding(
            Grade.FAIL,
            subject,
            "none",
            "`python run.py` says where to get one; `python run.py demo` needs none",
        )
    if token.get_secret_value().count(".") != 2:
        return Finding(
            Grade.WARN,
            subject,
            "present, but bot tokens have three parts with dots between them",
            "copy the token from the portal's page Bot, not the client secret or public key",
        )
    return Finding(Grade.OK, subject, "present (not shown, not tried)")


def check_libopus(settings: Settings) -> Finding:
    try:
        words = load_libopus(settings.discord.opus_library)
    except OpusNotFound as error:
        return Finding(Grade.FAIL, "libopus", "not found", str(error))
    return Finding(Grade.OK, "libopus", f"{words}; ffmpeg is not needed")


def check_davey(version: str | None = None) -> Finding:
    """Discord's end-to-end encryption; ``version`` stands in for the installed one."""
    subject = "davey"
    try:
        version = version or importlib.metadata.version("davey")
    except importlib.metadata.PackageNotFoundError:
        return Finding(Grade.FAIL, subject, "not installed", "run `make run` or `uv sync`")
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:3])
    if DAVEY[0] <= numbers < DAVEY[1]:
        return Finding(Grade.OK, subject, f"{version} for end-to-end encrypted calls")
    return Finding(
        Grade.FAIL,
        subject,
        f"{version} does not work with discord.py 2.7: the bot would hear nobody",
        "install what uv.lock pins: `make run` or `uv sync --frozen`",
    )


def check_gpu(settings: Settings, devices: int | None = None) -> Finding:
    """CUDA as CTranslate2 sees it; ``devices`` stands in for their count."""
    import ctranslate2

    subject = "GPU"
    count = ctranslate2.get_cuda_device_count() if devices is None else devices
    if count:
        return Finding(Grade.OK, subject, f"{count} CUDA device(s) for speech recognition")
    if settings.pipeline.stt.device == "cuda":
        return Finding(
            Grade.FAIL,
            subject,
            "pipeline.stt.device is cuda, but CTranslate2 sees no CUDA device",
            "install the NVIDIA driver with cuBLAS and cuDNN, or set pipeline.stt.device to auto",
        )
    return Finding(Grade.OK, subject, "none: speech recognition runs on the CPU")


def check_models(settings: Settings) -> list[Finding]:
    """One finding a model, every byte of those that are here compared."""
    try:
        size = whisper_size(settings.pipeline.stt)
        entries = inventory(ModelStore(settings.models), (size,), deep=True)
    except ModelError as error:
        return [Finding(Grade.FAIL, "models", str(error))]
    return [_model_finding(entry, settings.models.offline) for entry in entries]


def _model_finding(entry: Entry, offline: bool) -> Finding:
    subject = f"model {entry.name}"
    match entry.state:
        case State.VERIFIED | State.PRESENT:
            return Finding(Grade.OK, subject, f"{entry.state.value}, {entry.detail}")
        case State.MISSING if not offline:
            words = f"not here yet; the bot fetches it at its start ({entry.size})"
            return Finding(Grade.WARN, subject, words, "or now: `python run.py models fetch`")
        case State.MISSING:
            words = "not here, and models.offline forbids to fetch it"
            advice = "`MODELS__OFFLINE=false python run.py models fetch`, with the network"
            return Finding(Grade.FAIL, subject, words, advice)
        case State.DAMAGED:
            advice = "`python run.py models fetch` fetches it anew"
            return Finding(Grade.FAIL, subject, entry.detail, advice)


async def check_speech(settings: Settings) -> Finding:
    """Have every agent's voice say a word, through the client and the server that the bot uses."""
    async with AsyncExitStack() as stack:
        url = settings.tts.url
        subject = "speech server" if url else "speech engine"
        try:
            if url is None:
                own = EmbeddedServer(ServerSettings(host="127.0.0.1", port=0))
                url = (await stack.enter_async_context(own)).url
            synthesizer = await stack.enter_async_context(HttpSynthesizer(settings.tts, url=url))
            times = {
                each.voice.name or each.name: await _first_audio_ms(synthesizer, each.voice)
                for each in personas(settings.agents, settings.openclaw.agent_id).values()
            }
        except (TtsError, ServerNotStarted) as error:
            return Finding(
                Grade.FAIL, subject, str(error), "or set TTS_URL to a speech server of your own"
            )
        except SpeechUnavailable as error:
            return Finding(
                Grade.FAIL,
                subject,
                str(error),
                "check TTS_URL and the agents' voices; without TTS_URL the bot starts its own",
            )
    where = "" if settings.tts.url is None else f" from {url}"
    voices = ", ".join(f"{name} after {ms:.0f} ms" for name, ms in times.items())
    return Finding(Grade.OK, subject, f"first audio{where}: {voices}")


async def _first_audio_ms(synthesizer: HttpSynthesizer, voice: Voice) -> float:
    start = time.monotonic()
    async with aclosing(synthesizer.speak("Hello.", voice)) as audio:
        async for _ in audio:
            break
    return (time.monotonic() - start) * 1000


async def check_gateway(settings: Settings, patience_s: float = 5.0) -> Finding:
    """Connect as the bot does, which compares the scopes, and look for the agents.

    ``patience_s`` goes over the settings: whoever asks does not want to wait for a Gateway that may
    come back.
    """
    subject = "OpenClaw Gateway"
    config = settings.openclaw.model_copy(
        update={"retry_timeout": patience_s, "connect_timeout_s": patience_s}
    )
    try:
        async with OpenClawClient(config, devices=DeviceStore.of(config)) as client:
            status = client.status
            there = await client.list_agents()
    except GatewayUnreachable as error:
        if isinstance(error.__cause__, GatewayRefused):
            return Finding(Grade.FAIL, subject, str(error))
        advice = "start the Gateway (`openclaw gateway`), or set OPENCLAW_BASE_URL to where it is"
        return Finding(Grade.FAIL, subject, str(error), advice)
    except OpenClawError as error:
        return Finding(Grade.FAIL, subject, str(error))
    words = f"{status.url}, version {status.server_version}, scopes {', '.join(status.scopes)}"
    found = agents_found(personas(settings.agents, config.agent_id), config.agent_id, there)
    grade = Grade.OK if found.complete else Grade.WARN
    return Finding(grade, subject, f"{words}; {found.words}", found.advice)


async def check_node(settings: Settings, patience_s: float = 5.0) -> Finding:
    """What agents may command, as the Gateway lists it. The node itself is left alone: another
    connection of the same device would take its place."""
    subject = "OpenClaw node"
    if not settings.openclaw.node.enabled:
        return Finding(Grade.OK, subject, "off: agents get no tools of the bot's")
    config = settings.openclaw.model_copy(
        update={"retry_timeout": patience_s, "connect_timeout_s": patience_s}
    )
    devices = DeviceStore.of(config)
    try:
        async with OpenClawClient(config, devices=devices) as client:
            row = await client.node(devices.key().id)
    except OpenClawError as error:
        return Finding(Grade.WARN, subject, f"not to be found out: {error}")
    if row is None:
        advice = "start the bot once, then run `doctor` again: it says what to approve"
        return Finding(Grade.WARN, subject, "the Gateway does not know it yet", advice)
    approval = approval_of(row, config.node.commands)
    words = f"agents can use {', '.join(approval.usable) or 'nothing'}"
    grade = Grade.WARN if approval.advice else Grade.OK
    return Finding(grade, subject, words, approval.advice)
