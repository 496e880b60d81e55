"""Every model that the bot can use: its purpose, sources, size, sha256 and licence.

Sizes and hashes are of the published files; licences are the authors'.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from models.errors import UnknownModel
from models.sources import HubFile, InstalledFile, Source, WheelMember

FIXTURE: Final = "fixture"
"""The tiny Whisper in this repository, which recognises only the sentences of the demo."""


class ModelKind(Enum):
    """What a model is for."""

    VAD = "speech or not"
    TURN = "end of turn"
    STT = "speech to text"


@dataclass(frozen=True, slots=True)
class FileModel:
    """A model of one file, identified by size and sha256. Its sources are tried in order."""

    name: str
    kind: ModelKind
    file: str
    size: int
    sha256: str
    licence: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class WhisperModel:
    """A CTranslate2 Whisper model in a repository of the hub; ``megabytes`` is its rough size."""

    name: str
    repo: str
    megabytes: int
    licence: str = "MIT"
    kind: ModelKind = ModelKind.STT


SMART_TURN: Final = FileModel(
    name="smart-turn",
    kind=ModelKind.TURN,
    file="smart-turn-v3.2-cpu.onnx",
    size=8_679_182,
    sha256="2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f",
    licence="BSD-2-Clause",
    sources=(
        HubFile("pipecat-ai/smart-turn-v3", "smart-turn-v3.2-cpu.onnx"),
        WheelMember(
            requirement="pipecat-ai==1.14.0",
            wheel_size=12_109_725,
            wheel_sha256="0352f504b44e78bdf524e45af4bc759601c835b9b7dc195efe5e03384b974a44",
            member="pipecat/audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx",
        ),
    ),
)

SILERO_VAD: Final = FileModel(
    name="silero-vad",
    kind=ModelKind.VAD,
    file="silero_vad_16k_op15.onnx",
    size=1_289_603,
    sha256="7ed98ddbad84ccac4cd0aeb3099049280713df825c610a8ed34543318f1b2c49",
    licence="MIT",
    sources=(InstalledFile("silero_vad", "data/silero_vad_16k_op15.onnx"),),
)

FILE_MODELS: Final = (SILERO_VAD, SMART_TURN)


# Names and repositories as faster-whisper 1.2 has them; sizes from the repositories' file lists.
WHISPER_MODELS: Final = (
    WhisperModel("tiny", "Systran/faster-whisper-tiny", 78),
    WhisperModel("tiny.en", "Systran/faster-whisper-tiny.en", 78),
    WhisperModel("base", "Systran/faster-whisper-base", 148),
    WhisperModel("base.en", "Systran/faster-whisper-base.en", 148),
    WhisperModel("small", "Systran/faster-whisper-small", 487),
    WhisperModel("small.en", "Systran/faster-whisper-small.en", 487),
    WhisperModel("medium", "Systran/faster-whisper-medium", 1531),
    WhisperModel("medium.en", "Systran/faster-whisper-medium.en", 1531),
    WhisperModel("large-v1", "Systran/faster-whisper-large-v1", 3090),
    WhisperModel("large-v2", "Systran/faster-whisper-large-v2", 3090),
    WhisperModel("large-v3", "Systran/faster-whisper-large-v3", 3091),
    WhisperModel("large", "Systran/faster-whisper-large-v3", 3091),
    WhisperModel("large-v3-turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo", 1622),
    WhisperModel("turbo", "mobiuslabsgmbh/faster-whisper-large-v3-turbo", 1622),
    WhisperModel("distil-small.en", "Systran/faster-distil-whisper-small.en", 335),
    WhisperModel("distil-medium.en", "Systran/faster-distil-whisper-medium.en", 792),
    WhisperModel("distil-large-v2", "Systran/faster-distil-whisper-large-v2", 1516),
    WhisperModel("distil-large-v3", "Systran/faster-distil-whisper-large-v3", 1517),
    WhisperModel("distil-large-v3.5", "distil-whisper/distil-large-v3.5-ct2", 1517),
)


def file_model(name: str) -> FileModel:
    """The single-file model ``name``.

    Raises:
        UnknownModel: no model has that name.
    """
    for model in FILE_MODELS:
        if model.name == name:
            return model
    known = ", ".join(model.name for model in FILE_MODELS)
    raise UnknownModel(f"no model {name!r}: the models are {known}")
