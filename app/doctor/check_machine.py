"""What this machine has: Python, Opus, encryption, models, a GPU."""

from __future__ import annotations

import importlib.metadata
import platform
import re
import sys
from typing import Final

from app.doctor.findings import Finding, Grade
from app.needed_models import needed_models
from discord_bot.receive.errors import OpusNotFound
from discord_bot.receive.opus import load_libopus
from models.errors import ModelError
from models.inventory import Entry, State, inventory
from models.published import ModelKind
from models.store import ModelStore
from models.whisper import FIXTURE_DIR
from pipeline.errors import ModelUnavailable
from pipeline.inference.devices import choose_device
from pipeline.inference.whisper import load_transcriber
from settings import Settings

PYTHON: Final = ((3, 11), (3, 14))
"""The tested versions: from the first, below the second."""
DAVEY: Final = ((0, 1, 5), (0, 2))
"""davey 0.2 needs calls that discord.py 2.7 does not make: the bot would receive no audio."""
_GPU: Final = "GPU"


def check_python(version: tuple[int, ...] = tuple(sys.version_info[:3])) -> Finding:
    words = ".".join(map(str, version))
    if PYTHON[0] <= version < PYTHON[1]:
        return Finding(Grade.OK, "Python", f"{words} on {platform.system()} {platform.machine()}")
    return Finding(
        Grade.FAIL, "Python", f"{words} is not supported", "use Python 3.11, 3.12 or 3.13"
    )


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
        return Finding(Grade.FAIL, subject, "not installed", "run `make setup`")
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:3])
    if DAVEY[0] <= numbers < DAVEY[1]:
        return Finding(Grade.OK, subject, f"{version} for end-to-end encrypted calls")
    return Finding(
        Grade.FAIL,
        subject,
        f"{version} does not work with discord.py 2.7: the bot would receive no audio",
        "install the version in uv.lock: `make setup`",
    )


_SUBSTITUTES: Final = {
    ModelKind.TTS: "espeak-ng is the embedded voice",
    ModelKind.LANGUAGE: "the ends of turns are judged without it",
}
"""What the bot does without a model of some kinds."""


def check_models(settings: Settings) -> list[Finding]:
    """One finding for each model that the settings need; every byte of it is compared."""
    try:
        entries = inventory(ModelStore(settings.models), needed_models(settings), deep=True)
    except ModelError as error:
        return [Finding(Grade.FAIL, "models", str(error))]
    return [_model_finding(entry, settings.models.offline) for entry in entries]


def _model_finding(entry: Entry, offline: bool) -> Finding:
    subject = f"model {entry.name}"
    fetch = f"`.venv/bin/python run.py models fetch {entry.name.removeprefix('whisper ')}`"
    substitute = _SUBSTITUTES.get(entry.kind)
    match entry.state:
        case State.VERIFIED | State.PRESENT:
            return Finding(Grade.OK, subject, f"{entry.state.value}, {entry.detail}")
        case State.MISSING if substitute is not None:
            words = f"not here, so {substitute} ({entry.size})"
            return Finding(Grade.WARN, subject, words, _advice(fetch, offline))
        case State.MISSING if not offline:
            words = f"not here yet; the bot downloads it at its start ({entry.size})"
            return Finding(Grade.WARN, subject, words, _advice(fetch, offline))
        case State.MISSING:
            words = "not here, and models.offline forbids to fetch it"
            return Finding(Grade.FAIL, subject, words, _advice(fetch, offline))
        case State.DAMAGED:
            grade = Grade.FAIL if substitute is None else Grade.WARN
            return Finding(grade, subject, entry.detail, f"{fetch} fetches it again")


def _advice(fetch: str, offline: bool) -> str:
    if offline:
        return f"{fetch.replace('`', '`MODELS__OFFLINE=false ', 1)}, with the network"
    return f"{fetch} fetches it now"


def check_gpu(settings: Settings) -> Finding:
    """Encode a window on the device in the settings, with the small model of this repository.

    This does not find a GPU with too little memory for the model that the bot will load.
    """
    stt = settings.pipeline.stt.model_copy(update={"language": None})
    warnings: list[str] = []
    try:
        transcriber = load_transcriber(stt, lambda _: FIXTURE_DIR, warnings.append)
    except ModelUnavailable as error:
        advice = "`make setup` installs what a GPU needs; or set PIPELINE__STT__DEVICE=auto"
        return Finding(Grade.FAIL, _GPU, str(error), advice)
    took = f"a window encoded in {transcriber.warm_up():.0f} ms as {transcriber.compute_type}"
    if warnings:
        advice = (
            "`make setup` installs what a GPU needs; PIPELINE__STT__DEVICE=cpu removes this warning"
        )
        return Finding(Grade.WARN, _GPU, f"{warnings[0]}; {took}", advice)
    if transcriber.device == "cuda":
        return Finding(Grade.OK, _GPU, f"speech recognition runs on it, {took}")
    unused = stt.device == "cpu" and choose_device("auto") == "cuda"
    why = "not used, as PIPELINE__STT__DEVICE says" if unused else "none"
    return Finding(Grade.OK, _GPU, f"{why}: speech recognition runs on the CPU, {took}")
