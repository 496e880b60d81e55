"""The choice of the embedded voice's engine: neural where its weights are, else espeak-ng."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from models.errors import StoreUnusable
from models.folder import default_dir
from models.settings import ModelsSettings
from server.engines.engine import VoiceEngine
from server.engines.kokoro import MODEL_FILE, kokoro_folder
from server.engines.kokoro_voices import KokoroVoices
from server.engines.piper import PiperVoice
from server.engines.voices import EmbeddedVoices, EspeakVoices
from server.errors import EngineUnavailable
from server.settings import ServerSettings

log = logging.getLogger(__name__)

FETCH: Final = "`python run.py models fetch` fetches them"
_PIPER: Final = "piper-joe"
_PIPER_VOICE: Final = "joe"


def open_voices(settings: ServerSettings, models: ModelsSettings) -> EmbeddedVoices:
    """The voices of ``settings.engine``; nothing is downloaded.

    With ``auto``, the neural engines whose weights lie in the models' folder speak, and espeak-ng
    where there are none; the log has the reason.

    Raises:
        EngineUnavailable: the engine that the settings name cannot be used, or espeak-ng cannot.
    """
    espeak = EspeakVoices()
    try:
        neural = list(_neural(settings, models))
        if not neural and settings.engine == "auto":
            log.info(
                "the weights of the neural voices are not in %s: espeak-ng speaks; %s",
                _root(models) or "the models' folder",
                FETCH,
            )
    except BaseException:
        espeak.close()
        raise
    return EmbeddedVoices(espeak, neural)


def _neural(settings: ServerSettings, models: ModelsSettings) -> Iterator[VoiceEngine]:
    root = _root(models)
    makers: dict[str, tuple[Path, Callable[[Path], VoiceEngine]]] = {}
    if root is not None:
        gpu = settings.device == "cuda"
        makers["kokoro"] = (
            kokoro_folder(root) / MODEL_FILE,
            lambda file: KokoroVoices(file.parent, threads=settings.threads, gpu=gpu),
        )
        makers["piper"] = (
            root / _PIPER / "en_US-joe-medium.onnx",
            lambda file: PiperVoice(file, _PIPER_VOICE, threads=settings.threads),
        )
    for name, (file, make) in makers.items():
        if settings.engine not in ("auto", name):
            continue
        if not file.exists():
            if settings.engine == name:
                raise EngineUnavailable(f"server.engine is {name}, and {file} is missing: {FETCH}")
            continue
        try:
            yield make(file)
        except EngineUnavailable as error:
            if settings.engine == name:
                raise
            log.warning("%s", error)


def _root(models: ModelsSettings) -> Path | None:
    try:
        return models.dir or default_dir()
    except StoreUnusable:
        return None
