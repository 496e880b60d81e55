"""The addressee set as speech to text hears it: every line in a voice, through Whisper base.

A transcript depends on the voice and the text. `Listener` takes a line's clip
(`bench.conversation.clips`), transcribes it as the bot does, and keeps the result by the audio's
digest. If there is a file of transcripts, ``heard.tsv``, its lines need no models.

There is no German Kokoro voice, so only English lines are heard; the others stay as written and are
not judged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

from bench.conversation.addressee.scenes import Part, SpokenLine
from bench.conversation.clips import clip
from models.store import ModelStore
from pipeline.audio import Samples
from pipeline.inference.whisper import Transcriber
from pipeline.settings import SttSettings
from settings import load_settings

VOICES: Final[dict[Part, tuple[str, ...]]] = {
    "tuning": (
        "af_heart", "am_michael", "bf_emma", "bm_george",
        "af_bella", "am_puck", "bf_isabella", "am_fenrir",
    ),
    "test": (
        "af_sarah", "am_adam", "bf_alice", "bm_lewis", "am_eric", "bf_lily", "bm_daniel", "af_kore",
    ),
}  # fmt: skip
"""The Kokoro voices of each part. No voice is in both."""
REFERENCE: Final = Path(__file__).with_name("heard.tsv")
"""Voice, text and transcript of a run, a line each. A rejected transcript is empty."""
CACHE: Final = Path(".cache/bench/transcripts")
LANGUAGE: Final = "en"
_MODEL: Final = "base"


class Listener:
    """Gives the words of a line as they are heard in one of ``voices``.

    A speaker has one voice in all of a scene.
    """

    def __init__(self, voices: Sequence[str], *, reference: Path | None = REFERENCE) -> None:
        """``reference`` has transcripts that are used without hearing a line again."""
        self._voices = tuple(voices)
        self._known = {} if reference is None else read_transcripts(reference)
        self.heard: dict[tuple[str, str], str] = {}
        """Every transcript given so far, by voice and text."""

    def __call__(self, line: SpokenLine) -> str:
        """
        Raises:
            MissingClip: the line must be heard, and it was not synthesised.
            ModelUnavailable: the line must be heard, and Whisper does not load.
        """
        if line.language != LANGUAGE or not any(letter.isalnum() for letter in line.text):
            return line.text
        key = (self.voice_of(line), line.text)
        if key not in self.heard:
            known = self._known.get(key)
            self.heard[key] = self._listen(*key) if known is None else known
        return self.heard[key]

    def voice_of(self, line: SpokenLine) -> str:
        named = f"{line.scene}{line.speaker}".encode()
        digest = hashlib.sha1(named, usedforsecurity=False).hexdigest()
        return self._voices[int(digest, 16) % len(self._voices)]

    def _listen(self, voice: str, text: str) -> str:
        audio = clip(text, voice)
        kept = CACHE / f"{_MODEL}-{hashlib.sha256(audio.tobytes()).hexdigest()[:32]}.txt"
        if kept.is_file():
            return kept.read_text("utf-8")
        heard = self._transcribe(audio)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(heard, "utf-8")
        return heard

    def _transcribe(self, audio: Samples) -> str:
        said = self._transcriber.transcribe(audio, language=LANGUAGE)
        return "" if said.rejected else " ".join(said.text.split())

    @cached_property
    def _transcriber(self) -> Transcriber:
        settings = SttSettings(model_size=_MODEL, device="cpu", threads=1)
        return Transcriber(ModelStore(load_settings().models).whisper_path(_MODEL), settings)


def read_transcripts(path: Path) -> dict[tuple[str, str], str]:
    """The transcripts of a file by voice and text; none if there is no file."""
    if not path.is_file():
        return {}
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return {(voice, text): heard for voice, text, heard in rows}


def write_transcripts(path: Path, heard: dict[tuple[str, str], str]) -> None:
    """Write them for `read_transcripts`, in alphabetical order."""
    rows = ("\t".join((*key, " ".join(words.split()))) for key, words in sorted(heard.items()))
    path.write_text("".join(f"{row}\n" for row in rows), "utf-8")
