"""The command that prints what is said in audio files, with the fixture model."""

from __future__ import annotations

import io
import json
import wave
from pathlib import Path

import av
import numpy as np
import pytest

import run
from app.audio_file import UnreadableAudio, read_audio
from app.cli.running import UNUSABLE
from app.transcription import transcribe_files
from pipeline.audio import HEARD_RATE, to_samples
from pipeline.settings import PipelineSettings, SttSettings
from settings import Settings
from tests.pipeline.conftest import Say, say, with_silence

__all__ = ["say"]

TEXT = "Good morning everyone."
SETTINGS = Settings(
    pipeline=PipelineSettings(stt=SttSettings(model_size="fixture", device="cpu", threads=1))
)


@pytest.fixture
def morning(tmp_path: Path, say: Say) -> Path:
    file = tmp_path / "morning.wav"
    _write(file, with_silence(say(TEXT), 300, 200))
    return file


def _write(file: Path, samples: np.ndarray) -> None:
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(HEARD_RATE)
        out.writeframes((samples * 32767).astype(np.int16).tobytes())


def test_one_file_is_its_text_and_several_have_their_names(morning: Path) -> None:
    one, two = io.StringIO(), io.StringIO()
    transcribe_files([morning], one, SETTINGS, language="en")
    assert one.getvalue() == f"{TEXT}\n"
    transcribe_files([morning, morning], two, SETTINGS, language="en", names=["Jarvis"])
    assert two.getvalue() == f"{morning}: {TEXT}\n" * 2


def test_a_file_name_stays_on_its_line(tmp_path: Path, morning: Path) -> None:
    odd = morning.rename(tmp_path / "a\n\x1b[2Jb.wav")
    out = io.StringIO()
    transcribe_files([odd, odd], out, SETTINGS, language="en")
    assert out.getvalue() == f"{tmp_path}/a\\n\\x1b[2Jb.wav: {TEXT}\n" * 2


def test_json_has_the_numbers_and_why_a_text_is_not_used(tmp_path: Path, morning: Path) -> None:
    silence = tmp_path / "silence.wav"
    _write(silence, np.zeros(HEARD_RATE))
    out = io.StringIO()
    transcribe_files([morning, silence], out, SETTINGS, as_json=True)
    first, second = map(json.loads, out.getvalue().splitlines())
    assert (first["file"], first["text"], first["language"]) == (str(morning), TEXT, "en")
    assert first["rejected"] is None
    assert 1000 < first["duration_ms"] < 4000
    assert (second["text"], second["duration_ms"]) == ("", 1000)
    assert second["rejected"]


def test_compressed_audio_in_stereo_is_read(tmp_path: Path) -> None:
    file = tmp_path / "tone.ogg"
    tone = np.sin(np.arange(48_000) * 2 * np.pi * 440 / 48_000) * 8000
    with av.open(str(file), "w") as container:
        stream = container.add_stream("libopus", rate=48_000, layout="stereo")
        frame = av.AudioFrame.from_ndarray(
            np.repeat(tone.astype(np.int16), 2)[np.newaxis], format="s16", layout="stereo"
        )
        frame.rate = 48_000
        for packet in [*stream.encode(frame), *stream.encode(None)]:
            container.mux(packet)
    samples = to_samples(read_audio(file))
    assert abs(samples.size - HEARD_RATE) < HEARD_RATE // 20
    assert 0.1 < float(np.sqrt(np.mean(samples**2))) < 0.25


def test_what_cannot_be_read_is_named_with_the_reason(tmp_path: Path) -> None:
    text = tmp_path / "text.wav"
    text.write_text("no audio")
    with pytest.raises(UnreadableAudio, match=r"text\.wav is not audio that is known here"):
        read_audio(text)
    with pytest.raises(UnreadableAudio, match=r"nothing\.wav does not exist"):
        read_audio(tmp_path / "nothing.wav")
    with pytest.raises(UnreadableAudio, match="is not a file"):
        read_audio(tmp_path)


def test_a_language_that_the_model_lacks_is_refused(morning: Path) -> None:
    with pytest.raises(UnreadableAudio, match="does not know the language 'fr'"):
        transcribe_files([morning], io.StringIO(), SETTINGS, language="fr")


def test_the_command_fails_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing, text = tmp_path / "missing.ogg", tmp_path / "text.wav"
    text.write_text("no audio")
    assert run.main(["transcribe", str(missing), str(text)]) == UNUSABLE
    first, second = capsys.readouterr().err.splitlines()
    assert first == f"run.py: {missing} does not exist"
    assert second.startswith(f"  {text} is not audio")


def test_a_long_file_is_announced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("app.transcription._LONG_MINUTES", 0.01)
    _write(tmp_path / "a.wav", np.zeros(HEARD_RATE))
    with caplog.at_level("INFO", "app.transcription"):
        transcribe_files([tmp_path / "a.wav"], io.StringIO(), SETTINGS)
    assert "a.wav: transcribing 0 minutes" in caplog.text
