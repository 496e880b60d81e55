"""The choice of the embedded voice's engine: neural where its weights are, else espeak-ng."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from models.errors import StoreUnusable
from models.published import FolderModel
from models.registry import KOKORO, PIPER_JOE
from models.settings import ModelsSettings
from models.store import ModelStore
from server.engines.cloned import ClonedVoices
from server.engines.engine import VoiceEngine
from server.engines.kokoro_voices import KokoroVoices
from server.engines.named_voices import AGENT_VOICES
from server.engines.piper import PiperVoice
from server.engines.voices import EmbeddedVoices, EspeakVoices
from server.errors import EngineUnavailable
from server.settings import ServerSettings

log = logging.getLogger(__name__)

FETCH: Final = "`python run.py models fetch` fetches them"
_MODELS: Final[Mapping[str, FolderModel]] = MappingProxyType({"kokoro": KOKORO, "piper": PIPER_JOE})
"""The weights of each neural engine, the preferred engine first."""
_RECORDINGS: Final = Path(__file__).parents[1] / "voices"
_PIPER_VOICE: Final = "joe"
_PIPER_FILE: Final = "en_US-joe-medium.onnx"


def open_voices(
    settings: ServerSettings,
    models: ModelsSettings,
    *,
    stock: Sequence[str] | None = None,
    wait: bool = False,
) -> EmbeddedVoices:
    """The voices of ``settings.engine``; nothing is downloaded, but for cloned voices.

    With ``auto``, the neural engines whose weights are complete in the models' folder speak, and
    espeak-ng where there are none; the log has the reason. It takes a second or two of CPU.

    With ``clone``, the voices of the recordings come first, and the others as with ``auto``.

    With ``stock``, Kokoro prepares the agents' voices in the background: they begin sooner, and
    have these sentences ready. With ``wait`` that is done before the return.

    Raises:
        EngineUnavailable: the engine that the settings name cannot be used, or espeak-ng cannot.
    """
    espeak = EspeakVoices()
    neural: list[VoiceEngine] = []
    try:
        if settings.engine == "clone":
            neural.append(_cloned(settings))
        store = ModelStore(models)
        for name in _engines(settings):
            try:
                engine = _open(name, settings, store, stock, first=not neural, wait=wait)
            except EngineUnavailable as error:
                if settings.engine in _MODELS:
                    raise
                log.warning("%s", error)
                continue
            neural += [engine] if engine else []
        if not neural and settings.engine == "auto":
            log.info(
                "the neural voices cannot be used from %s: espeak-ng speaks; %s",
                store.folder.root,
                FETCH,
            )
    except StoreUnusable as error:
        if settings.engine in _MODELS:
            espeak.close()
            raise EngineUnavailable(f"server.engine is {settings.engine}, and {error}") from error
        log.info("espeak-ng speaks: %s", error)
    except BaseException:
        for each in (*neural, espeak):
            each.close()
        raise
    return EmbeddedVoices(espeak, neural)


def _cloned(settings: ServerSettings) -> ClonedVoices:
    folder = settings.clone_folder or _RECORDINGS
    return ClonedVoices(folder, settings.clone_model, gpu=settings.device == "cuda")


def _engines(settings: ServerSettings) -> Sequence[str]:
    if settings.engine in ("auto", "clone"):
        return tuple(_MODELS)
    return (settings.engine,) if settings.engine in _MODELS else ()


def _open(
    name: str,
    settings: ServerSettings,
    store: ModelStore,
    stock: Sequence[str] | None,
    *,
    first: bool,
    wait: bool,
) -> VoiceEngine | None:
    """The engine ``name``; None without its weights, if the settings do not name it.

    One that is not the first loads its model when it first speaks.
    """
    model = _MODELS[name]
    found = store.find(model)
    if found is None:
        if settings.engine not in _MODELS:
            return None
        raise EngineUnavailable(
            f"server.engine is {name}, and its weights are not complete in "
            f"{store.place_of(model)}: {FETCH}"
        )
    if model is KOKORO:
        return KokoroVoices(
            found.path,
            threads=settings.threads,
            gpu=settings.device == "cuda",
            stock=stock,
            prepared=[voice.neural[name] for voice in AGENT_VOICES],
            wait=wait,
        )
    voice = PiperVoice(found.path / _PIPER_FILE, _PIPER_VOICE, threads=settings.threads)
    if first:
        voice.load()
    return voice
