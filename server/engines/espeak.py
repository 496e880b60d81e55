"""The espeak-ng engine in this process: speech without a download, a GPU or a server.

Library and data come from the ``espeakng-loader`` wheel and are called through ctypes. espeak has
one global state per process and is not thread-safe. So every call holds one lock, and each engine
has one worker thread for synthesis. A sentence takes a few milliseconds, so the worker never waits
for the consumer of the audio. A long text is spoken in parts, each when the one before was taken:
other texts go between them, and no more than a part is in memory.

Names and numbers are those of espeak-ng 1.52, ``src/include/espeak-ng/speak_lib.h``.
"""

from __future__ import annotations

import ctypes
import difflib
import functools
import itertools
import queue
import re
import threading
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import espeakng_loader

from server.errors import EngineUnavailable, SynthesisFailed, UnknownVoice

_AUDIO_OUTPUT_SYNCHRONOUS: Final = 2
_INITIALIZE_DONT_EXIT: Final = 0x8000
_CHARS_UTF8: Final = 1
_ENDPAUSE: Final = 0x1000
_POS_CHARACTER: Final = 1
_RATE: Final = 1
_PITCH: Final = 3
_IPA: Final = 0x02
_OK: Final = 0
_CONTINUE: Final = 0
_ABORT: Final = 1

_CHUNK_MS: Final = 60
_PART_CHARS: Final = 250
"""Length from which a part of a text ends with its sentence."""
_LONGEST_PART: Final = 500
"""Length at which a part ends in any case, at a space if there is one."""
_SENTENCE_END: Final = re.compile(r"[.!?…。！？][\"'”’»)\]]*\s+")
_LONGEST_PATH: Final = 150
"""espeak keeps the path in a buffer of 160 bytes and adds to it."""
_SLOWEST_WPM: Final = 80
_FASTEST_WPM: Final = 450
_HIGHEST_PITCH: Final = 100

# espeak reads control characters as commands (\x01) or as the end of the text (\0).
_CONTROL: Final = dict.fromkeys((*range(32), 127), " ")

_SynthCallback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)

_lock = threading.Lock()
"""Held during every call of the library: its state belongs to the process, not to an engine."""


class _VoiceEntry(ctypes.Structure):
    """``espeak_VOICE``: one entry of the library's voice list."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


@dataclass(frozen=True, slots=True)
class EspeakVoice:
    """A voice of espeak. Pitch is 0..100, speed 80..450 words per minute.

    Raises:
        ValueError: pitch or speed out of range.
    """

    language: str = "en-gb-x-rp"
    variant: str = "m3"
    words_per_minute: int = 165
    pitch: int = 50

    def __post_init__(self) -> None:
        if not _SLOWEST_WPM <= self.words_per_minute <= _FASTEST_WPM:
            raise ValueError(
                f"words_per_minute is {self.words_per_minute}: "
                f"espeak speaks {_SLOWEST_WPM} to {_FASTEST_WPM}"
            )
        if not 0 <= self.pitch <= _HIGHEST_PITCH:
            raise ValueError(f"pitch is {self.pitch}: espeak takes 0 to {_HIGHEST_PITCH}")


class EspeakEngine:
    """The engine over the library, which is loaded once per process. It is thread-safe.

    Raises:
        EngineUnavailable: the library or its data do not load.
    """

    def __init__(self) -> None:
        self._library = _open_library()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="espeak")

    @property
    def rate(self) -> int:
        """The sample rate of ``synthesize`` in Hz (22050)."""
        return self._library.rate

    def voices(self) -> tuple[str, ...]:
        """The values of ``EspeakVoice.language``, sorted."""
        return self._library.languages

    def variants(self) -> tuple[str, ...]:
        """The values of ``EspeakVoice.variant`` besides "", sorted."""
        return self._library.variants

    def synthesize(self, text: str, voice: EspeakVoice) -> Generator[bytes, None, None]:
        """Stream ``text`` as s16le mono at ``rate``, in chunks of about 60 ms, espeak's shortest.

        Markup in the text has no effect. Closing the generator stops the synthesis.

        Raises:
            UnknownVoice: espeak has no such language or variant.
            SynthesisFailed: espeak reported an error.
        """
        self._library.check(voice)
        return self._stream(text, voice)

    def _stream(self, text: str, voice: EspeakVoice) -> Generator[bytes, None, None]:
        for part in parts_of_text(text):
            yield from self._stream_part(part, voice)

    def _stream_part(self, text: str, voice: EspeakVoice) -> Generator[bytes, None, None]:
        chunks: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        stopped = threading.Event()

        def take(chunk: bytes) -> bool:
            chunks.put(chunk)
            return not stopped.is_set()

        def speak() -> None:
            try:
                if not stopped.is_set():
                    self._library.speak(text, voice, take)
            finally:
                chunks.put(None)

        job = self._worker.submit(speak)
        try:
            while (chunk := chunks.get()) is not None:
                yield chunk
            job.result()
        finally:
            stopped.set()

    def close(self) -> None:
        """Stop the worker after its pending texts."""
        self._worker.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def parts_of_text(text: str) -> Iterator[str]:
    """``text`` in parts of at most 500 characters, which end with a sentence where they can."""
    begin = 0
    while len(text) - begin > _LONGEST_PART:
        window = text[begin + _PART_CHARS : begin + _LONGEST_PART]
        if end := _SENTENCE_END.search(window):
            length = _PART_CHARS + end.end()
        else:
            length = _PART_CHARS + (window.rfind(" ") + 1 or len(window))
        yield text[begin : begin + length]
        begin += length
    yield text[begin:]


def ipa(text: str, language: str) -> str:
    """The pronunciation of ``text`` in the International Phonetic Alphabet, with stress marks.

    espeak expands numbers and abbreviations. Punctuation is lost; `phonemes` keeps it. ``language``
    is a value of ``EspeakVoice.language``.

    Raises:
        EngineUnavailable: the library or its data do not load.
        UnknownVoice: espeak has no such language.
    """
    library = _open_library()
    library.check(EspeakVoice(language, ""))
    return library.ipa(text, language)


class _Library:
    """The typed interface of the shared library."""

    def __init__(self, handle: ctypes.CDLL, data: Path) -> None:
        self._handle = _declare(handle)
        self._receive: Callable[[bytes], bool] = lambda _chunk: False
        self._failure: BaseException | None = None
        self._callback = _SynthCallback(self._on_audio)
        self.rate: int = handle.espeak_Initialize(
            _AUDIO_OUTPUT_SYNCHRONOUS, _CHUNK_MS, str(data).encode(), _INITIALIZE_DONT_EXIT
        )
        if self.rate <= 0:
            raise EngineUnavailable(
                f"espeak-ng cannot read its data in {data}: install espeakng-loader again, "
                f"and if that path has over {_LONGEST_PATH} characters, move the environment"
            )
        handle.espeak_SetSynthCallback(self._callback)
        self._files = _list_languages(handle)
        self.languages = tuple(self._files)
        self.variants = tuple(sorted(path.name for path in (data / "voices" / "!v").iterdir()))

    def check(self, voice: EspeakVoice) -> None:
        """Raise `UnknownVoice` if espeak lacks a part of it; espeak ignores a wrong variant."""
        _expect("language", voice.language, self.languages)
        if voice.variant:
            _expect("variant", voice.variant, self.variants)

    def speak(self, text: str, voice: EspeakVoice, receive: Callable[[bytes], bool]) -> None:
        """Pass each chunk to ``receive`` until it returns False or the text ends."""
        encoded = text.translate(_CONTROL).encode("utf-8", "replace") + b"\0"
        with _lock:
            self._set_voice(voice)
            self._receive, self._failure = receive, None
            status = self._handle.espeak_Synth(
                encoded, len(encoded), 0, _POS_CHARACTER, 0, _CHARS_UTF8 | _ENDPAUSE, None, None
            )
            failure = self._failure
            self._forget_text()
        if failure is not None:
            raise failure
        if status != _OK:
            raise SynthesisFailed(f"espeak-ng failed on a text of {len(text)} characters: {status}")

    def ipa(self, text: str, language: str) -> str:
        """One clause after the other, joined by spaces."""
        encoded = text.translate(_CONTROL).encode("utf-8", "replace")
        position = ctypes.c_char_p(encoded)
        clauses: list[str] = []
        with _lock:
            self._set_voice(EspeakVoice(language, ""))
            while position.value is not None:
                clause = self._handle.espeak_TextToPhonemes(
                    ctypes.byref(position), _CHARS_UTF8, _IPA
                )
                clauses.append((clause or b"").decode("utf-8", "replace"))
        return " ".join(" ".join(clauses).split())

    def _forget_text(self) -> None:
        # The reader keeps one character of a text that was stopped, and would put it before the
        # next one that `ipa` is asked for.
        position = ctypes.c_char_p(b" ")
        while position.value is not None:
            self._handle.espeak_TextToPhonemes(ctypes.byref(position), _CHARS_UTF8, _IPA)

    def _set_voice(self, voice: EspeakVoice) -> None:
        name = self._files[voice.language] + (f"+{voice.variant}" if voice.variant else "")
        if self._handle.espeak_SetVoiceByName(name.encode()) != _OK:
            raise UnknownVoice(f"espeak-ng does not load the voice {name}")
        self._handle.espeak_SetParameter(_RATE, voice.words_per_minute, 0)
        self._handle.espeak_SetParameter(_PITCH, voice.pitch, 0)

    def _on_audio(self, samples: Any, count: int, _events: int | None) -> int:
        # ctypes discards an exception of a callback, so it is kept for the caller.
        try:
            if not samples or count <= 0:
                return _CONTINUE
            return _CONTINUE if self._receive(ctypes.string_at(samples, count * 2)) else _ABORT
        except BaseException as error:
            self._failure = error
            return _ABORT


def _open_library() -> _Library:
    with _lock:
        return _load_library()


@functools.cache
def _load_library() -> _Library:
    try:
        path = Path(espeakng_loader.get_library_path())
        data = Path(espeakng_loader.get_data_path())
        return _Library(ctypes.CDLL(str(path)), data)
    except (OSError, RuntimeError, AttributeError) as error:
        raise EngineUnavailable(
            f"espeak-ng does not load ({error}): install espeakng-loader again for this "
            "platform, or set TTS_URL to another speech server"
        ) from error


def _declare(handle: ctypes.CDLL) -> ctypes.CDLL:
    """Declare the signatures: without them ctypes cuts pointers to 32 bits."""
    text, number, address = ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p
    unsigned, size = ctypes.c_uint, ctypes.c_size_t
    handle.espeak_Initialize.argtypes = [number, number, text, number]
    handle.espeak_SetSynthCallback.argtypes = [_SynthCallback]
    handle.espeak_SetSynthCallback.restype = None
    handle.espeak_SetVoiceByName.argtypes = [text]
    handle.espeak_SetParameter.argtypes = [number, number, number]
    handle.espeak_ListVoices.argtypes = [address]
    handle.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_VoiceEntry))
    handle.espeak_Synth.argtypes = [
        text, size, unsigned, number, unsigned, unsigned, address, address,
    ]  # fmt: skip
    handle.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(text), number, number]
    handle.espeak_TextToPhonemes.restype = text
    return handle


def _list_languages(handle: ctypes.CDLL) -> dict[str, str]:
    """The best voice file of each language, e.g. ``gmw/en`` for ``en-gb``.

    ``espeak_SetVoiceByName`` finds some languages only by that file. Each entry's ``languages`` is
    a sequence of (priority byte, name, zero byte), ended by a zero byte; the lowest priority wins.
    """
    entries = handle.espeak_ListVoices(None)
    found: dict[str, tuple[int, str]] = {}
    for entry in itertools.takewhile(bool, (entries[index] for index in itertools.count())):
        identifier = entry.contents.identifier.decode()
        address = entry.contents.languages
        while field := ctypes.string_at(address):
            language, claim = field[1:].decode(), (field[0], identifier)
            found[language] = min(found.get(language, claim), claim)
            address += len(field) + 1
    return {language: found[language][1] for language in sorted(found)}


def _expect(what: str, name: str, known: tuple[str, ...]) -> None:
    if name in known:
        return
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5) or known[:3]
    raise UnknownVoice(f"espeak-ng has no {what} {name!r}: the nearest are {', '.join(near)}")
