"""The addressee set as speech to text hears it: every line in a voice, through Whisper base.

`Listener` takes a line's clip (`bench.conversation.clips`), transcribes it as the bot does, and
keeps the result. It passes the names that the bot expects in the scene, and the speaker counts as
one whose last long turn was English. A line that is in the file of transcripts, ``heard.tsv``,
needs no models.

There is no German Kokoro voice, so only English lines are heard; the others stay as written and are
not judged. Neither are lines with a misspelt name: they are transcripts already, and no person says
"Jarvus".
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from bench.conversation.addressee.scenes import Case, Part, SpokenLine, Wording, cases
from bench.conversation.clips import HELD_VOICES, clip
from models.store import ModelStore
from pipeline.audio import HEARD_RATE, Samples
from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.transcription import Transcription
from pipeline.inference.whisper import Transcriber
from pipeline.listening.speaker_language import CallLanguage, SpeakerLanguage
from pipeline.settings import SttSettings, TurnSettings
from settings import load_settings

_LATER_VOICES: Final = ("af_nova", "am_onyx", "am_santa", "bm_fable")
VOICES: Final[dict[Part, tuple[str, ...]]] = {
    "tuning": (
        "af_heart", "am_michael", "bf_emma", "bm_george",
        "af_bella", "am_puck", "bf_isabella", "am_fenrir",
    ),
    "earlier": (
        "af_sarah", "am_adam", "bf_alice", "bm_lewis",
        "am_eric", "bf_lily", "bm_daniel", "af_kore",
    ),
    "held": HELD_VOICES,
    "held2": HELD_VOICES,
    "held3": _LATER_VOICES,
    "held4": _LATER_VOICES,
    "held5": _LATER_VOICES,
}  # fmt: skip
"""The Kokoro voices of each part. `held` and `held2` share theirs, and so do `held3` to `held5`;
``bm_fable`` is in both groups."""
REFERENCE: Final = Path(__file__).with_name("heard.tsv")
"""The transcripts of a run: voice, names, text, language and transcript, a line each, and the name
of an agent that it may call. A rejected transcript is empty."""
CACHE: Final = Path(".cache/bench/transcripts")
LANGUAGE: Final = "en"
_TRANSCRIBED: Final = "misheard"
"""The kind of lines that are transcripts already."""
_MODEL: Final = "base"
_LONG_TURN: Final = Transcription(
    "What we said in a long turn.", LANGUAGE, 0.0, 0.0, duration_ms=5000.0, took_ms=0.0
)


class Heard(NamedTuple):
    """What a transcript depends on."""

    voice: str
    names: ExpectedNames
    text: str


class Words(NamedTuple):
    """A transcript, its detected language, an ISO code, and `Transcription.may_call`."""

    text: str
    language: str
    may_call: str = ""


class Listener:
    """Gives a line the words that are heard in one of ``voices``.

    A speaker has one voice in all of a scene.
    """

    def __init__(self, voices: Sequence[str], *, reference: Path | None = REFERENCE) -> None:
        """``reference`` has transcripts that are used without hearing a line again."""
        self._voices = tuple(voices)
        self._known = {} if reference is None else read_transcripts(reference)
        self.heard: dict[Heard, Words] = {}
        """Every transcript given so far."""

    def __call__(self, line: SpokenLine) -> SpokenLine:
        """
        Raises:
            MissingClip: the line must be heard, and it was not synthesised.
            ModelUnavailable: the line must be heard, and Whisper does not load.
        """
        if line.language != LANGUAGE or not any(letter.isalnum() for letter in line.text):
            return line
        key = Heard(self.voice_of(line), line.names, line.text)
        if key not in self.heard:
            known = self._known.get(key)
            self.heard[key] = self._listen(key) if known is None else known
        words = self.heard[key]
        return replace(line, text=words.text, language=words.language, may_call=words.may_call)

    def voice_of(self, line: SpokenLine) -> str:
        named = f"{line.scene}{line.speaker}".encode()
        digest = hashlib.sha1(named, usedforsecurity=False).hexdigest()
        return self._voices[int(digest, 16) % len(self._voices)]

    def _listen(self, line: Heard) -> Words:
        audio = clip(line.text, line.voice)
        digest = hashlib.sha256(audio.tobytes() + _names_as_text(line.names).encode()).hexdigest()
        kept = CACHE / f"{_MODEL}-{digest[:32]}.txt"
        if kept.is_file():
            language, text, *called = kept.read_text("utf-8").split("\t")
            return Words(text, language, *called)
        words = self._transcribe(audio, line.names)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text("\t".join(_cells(words)), "utf-8")
        return words

    def _transcribe(self, audio: Samples, names: ExpectedNames) -> Words:
        """The words of a turn: the speech, the silence that the bot keeps before it, and that
        before the bot looks at the pause behind it."""
        turn = TurnSettings()
        before, behind = (
            np.zeros(round(ms * HEARD_RATE / 1000), np.float32)
            for ms in (turn.pre_roll_ms, turn.look_after_ms)
        )
        samples = np.concatenate([before, audio, behind])
        expected = self._language.expected(samples.size * 1000 / HEARD_RATE)
        said = self._transcriber.transcribe(
            samples,
            language=expected.code,
            among=expected.among,
            usual=expected.usual,
            sure=expected.sure,
            names=names,
        )
        text = "" if said.rejected else " ".join(said.text.split())
        return Words(text, said.language, said.may_call)

    @cached_property
    def _language(self) -> SpeakerLanguage:
        language = SpeakerLanguage(CallLanguage(SttSettings()))
        language.learn(_LONG_TURN)
        return language

    @cached_property
    def _transcriber(self) -> Transcriber:
        settings = SttSettings(model_size=_MODEL, device="cpu", threads=1)
        return Transcriber(ModelStore(load_settings().models).whisper_path(_MODEL), settings)


def cases_as_heard(part: Part | Path, listener: Wording) -> list[Case]:
    """The cases of a part, or of a file or folder of scenes, that are judged as heard.

    Raises:
        SceneError: a line does not follow the format, or a file is no list of scenes.
    """
    return [
        case
        for case in cases(part, listener)
        if case.language == LANGUAGE and _TRANSCRIBED not in case.kinds
    ]


def read_transcripts(path: Path) -> dict[Heard, Words]:
    """The transcripts of a file; none if there is no file."""
    if not path.is_file():
        return {}
    rows = (line.split("\t") for line in path.read_text("utf-8").splitlines())
    return {
        Heard(voice, _names_of_text(names), text): Words(heard, language, *called)
        for voice, names, text, language, heard, *called in rows
    }


def write_transcripts(path: Path, heard: Mapping[Heard, Words]) -> None:
    """Write them for `read_transcripts`, in alphabetical order."""
    rows = sorted(
        (key.voice, _names_as_text(key.names), key.text, *_cells(words))
        for key, words in heard.items()
    )
    lines = ("\t".join(" ".join(cell.split()) for cell in row) for row in rows)
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def _cells(words: Words) -> list[str]:
    return [words.language, words.text, *filter(None, [words.may_call])]


def _names_as_text(names: ExpectedNames) -> str:
    """JSON: the agents, the people, and whether a reply is sounding."""
    return json.dumps([names.agents, names.people, names.stops], ensure_ascii=False)


def _names_of_text(text: str) -> ExpectedNames:
    agents, people, stops = json.loads(text)
    return ExpectedNames(tuple(agents), tuple(people), stops)
