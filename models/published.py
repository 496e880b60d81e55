"""The published files of models: what each is compared with, and its sources."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from models.sources import Source


class ModelKind(Enum):
    """What a model is for."""

    VAD = "speech or not"
    TURN = "end of turn"
    LANGUAGE = "sentence ends"
    STT = "speech to text"
    TTS = "voice"


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """A file, identified by size and sha256; ``file`` is its path inside the model's folder.

    The sources are tried in order.
    """

    file: str
    size: int
    sha256: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class FileModel:
    """A model of one file."""

    name: str
    kind: ModelKind
    licence: str
    published: PublishedFile

    @property
    def size(self) -> int:
        return self.published.size

    @property
    def files(self) -> tuple[PublishedFile, ...]:
        return (self.published,)


@dataclass(frozen=True, slots=True)
class FolderModel:
    """A model of several files in a folder of its own."""

    name: str
    kind: ModelKind
    licence: str
    files: tuple[PublishedFile, ...]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class WhisperModel:
    """A CTranslate2 Whisper model in a repository of the hub; ``megabytes`` is its rough size.

    With ``files``, their digests are pinned and they have sources beside the hub. Without, the
    repository's own list gives both at the time of the download.
    """

    name: str
    repo: str
    megabytes: int
    licence: str = "MIT"
    kind: ModelKind = ModelKind.STT
    files: tuple[PublishedFile, ...] = ()
