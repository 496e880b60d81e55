"""Voices cloned from recordings, by Kyutai's Pocket TTS: an optional package.

The model (MIT; weights CC-BY-4.0, given out after a consent at its hub) takes a recording of ten to
thirty seconds and speaks like it, streamed in steps of 80 ms. It is made for CPUs; a GPU is taken
where the settings name one. Sources: ``pocket-tts`` 4.0 (``models/tts_model.py``),
https://github.com/kyutai-labs/pocket-tts.
"""

from __future__ import annotations

import importlib
import logging
import queue
import threading
from collections.abc import Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np

from server.engines.engine import ListedVoice, SpokenText
from server.engines.neural import as_pcm
from server.engines.reference import read_reference
from server.errors import EngineUnavailable, SynthesisFailed, UnknownVoice

log = logging.getLogger(__name__)

_PACKAGE: Final = "pocket_tts"
_INSTALL: Final = "install it with `uv pip install pocket-tts` (it brings PyTorch)"
_CONFIGS: Final = (".yaml", ".yml")

_Chunks: TypeAlias = "queue.Queue[bytes | BaseException | None]"


class ClonedVoices:
    """A `VoiceEngine` with a voice for each ``*.wav`` in ``folder``, called by its file's name.

    ``model`` is a language of the package, such as ``english``, or a YAML file that names local
    weights. One sentence is made at a time, and a slow reader does not delay the next one.

    Raises:
        EngineUnavailable: the package, its weights or the GPU are missing, or a recording is not
            good enough; the text says what to do.
    """

    prefix: Final = "clone"
    label: Final = "Pocket TTS (cloned voices)"

    def __init__(self, folder: Path, model: str = "english", *, gpu: bool = False) -> None:
        recordings = sorted(folder.glob("*.wav"))
        if not recordings:
            raise EngineUnavailable(
                f"server.engine is clone, and {folder} has no recording: put one of 10 to 30 s "
                "there, such as jarvis.wav"
            )
        self._model = _load(model, gpu=gpu)
        self._rate = int(self._model.sample_rate)
        self._states = {path.stem: self._state_of(path) for path in recordings}
        self._language = model if Path(model).suffix not in _CONFIGS else "english"
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="clone")

    def _state_of(self, path: Path) -> Any:
        audio = read_reference(path, self._rate)
        torch = importlib.import_module("torch")
        try:
            return self._model.get_state_for_audio_prompt(torch.from_numpy(audio[np.newaxis]))
        except Exception as error:  # the package raises ValueError, RuntimeError and others
            raise EngineUnavailable(f"the recording {path} cannot be cloned: {error}") from error

    def voices(self) -> tuple[ListedVoice, ...]:
        """One for each recording."""
        tag = _TAGS.get(self._language.partition("_")[0], "en")
        return tuple(
            ListedVoice(f"{self.prefix}:{each}", each.title(), tag) for each in self._states
        )

    def speak(self, text: str, voice: str, speed: float) -> SpokenText:
        """See `VoiceEngine.speak`; the model has one pace."""
        if (state := self._states.get(voice)) is None:
            known = ", ".join(self._states)
            raise UnknownVoice(f"there is no recording of the voice {voice!r}: there are {known}")
        return SpokenText(self._rate, self._chunks(text, state), 1.0)

    def close(self) -> None:
        """See `VoiceEngine.close`."""
        self._pool.shutdown()

    def _chunks(self, text: str, state: Any) -> Generator[bytes, None, None]:
        if not any(letter.isalnum() for letter in text):
            return
        chunks: _Chunks = queue.Queue()
        stop = threading.Event()
        try:
            self._pool.submit(self._generate, text, state, chunks, stop)
        except RuntimeError as error:
            raise SynthesisFailed("the voice is closed") from error
        try:
            while (chunk := chunks.get()) is not None:
                if isinstance(chunk, BaseException):
                    raise SynthesisFailed(f"{self.label} failed: {chunk}") from chunk
                yield chunk
        finally:
            stop.set()

    def _generate(self, text: str, state: Any, chunks: _Chunks, stop: threading.Event) -> None:
        """Make a sentence in the one thread that runs the model."""
        try:
            if not stop.is_set():
                for part in self._model.generate_audio_stream(state, text, stop=stop):
                    chunks.put(as_pcm(np.asarray(part.detach().cpu(), np.float32).reshape(-1)))
        except Exception as error:
            chunks.put(error)
        finally:
            chunks.put(None)


_TAGS: Final[Mapping[str, str]] = {
    "english": "en-US", "french": "fr-FR", "german": "de-DE", "italian": "it-IT",
    "portuguese": "pt-PT", "spanish": "es-ES", "dutch": "nl-NL",
}  # fmt: skip


def _load(model: str, *, gpu: bool) -> Any:
    """The package's model, with the weights that can clone."""
    try:
        package = importlib.import_module(_PACKAGE)
        torch = importlib.import_module("torch")
    except ImportError as error:
        raise EngineUnavailable(
            f"server.engine is clone, and the package pocket-tts is missing ({error}): {_INSTALL}"
        ) from error
    if gpu and not torch.cuda.is_available():
        raise EngineUnavailable(
            "server.device is cuda, and PyTorch finds no GPU: install a PyTorch with CUDA and the "
            "driver, or set server.device to cpu"
        )
    by_file = Path(model).suffix in _CONFIGS
    try:
        loaded = package.TTSModel.load_model(**{"config" if by_file else "language": model})
    except Exception as error:  # the hub's, the file system's and PyTorch's errors
        raise EngineUnavailable(
            f"the model {model} of pocket-tts does not load ({error}): set server.clone_model to "
            "a language of the package, or to a YAML file that names local weights"
        ) from error
    if not loaded.has_voice_cloning:
        raise EngineUnavailable(
            "pocket-tts has only the weights that cannot clone: accept the terms at "
            "https://huggingface.co/kyutai/pocket-tts, and log in there with `hf auth login`"
        )
    return loaded.to("cuda") if gpu else loaded
