"""`run.py speak` with espeak-ng, which needs no weights."""

from __future__ import annotations

import io
import os
import wave
from pathlib import Path

import pytest

import run
from app.cli.running import UNUSABLE
from app.speak import UnusableText, speak
from models.settings import ModelsSettings
from server.errors import UnknownVoice
from server.settings import ServerSettings

ESPEAK = ServerSettings(engine="espeak")


def seconds(file: Path) -> float:
    with wave.open(str(file)) as audio:
        assert (audio.getnchannels(), audio.getsampwidth()) == (1, 2)
        return float(audio.getnframes() / audio.getframerate())


def spoken(text: str, out: Path, voice: str = "jarvis", speed: float = 1.0) -> str:
    return speak(text, out, ESPEAK, ModelsSettings(), voice=voice, speed=speed)


def test_a_text_becomes_a_wav_file(tmp_path: Path) -> None:
    out = tmp_path / "a.wav"
    line = spoken("It is half past seven.", out)
    assert 1 < seconds(out) < 3
    assert line == f"{out}: {seconds(out):.1f} s, 22050 Hz, jarvis"
    assert list(tmp_path.iterdir()) == [out]
    usual = seconds(out)
    spoken("It is half past seven.", out, speed=2)
    assert seconds(out) < 0.7 * usual


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_text_without_words_leaves_the_file_as_it_was(text: str, tmp_path: Path) -> None:
    out = tmp_path / "a.wav"
    out.write_bytes(b"before")
    with pytest.raises(UnusableText, match="nothing to say"):
        spoken(text, out)
    assert out.read_bytes() == b"before"


def test_an_unknown_voice_is_an_error_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(UnknownVoice, match="gentle"):
        spoken("Hello.", tmp_path / "a.wav", voice="gentle")
    assert not list(tmp_path.iterdir())


def test_what_is_no_regular_file_is_refused_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for out in (pipe, tmp_path, Path()):
        with pytest.raises(UnusableText, match="no regular file"):
            spoken("Hello.", out)
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnusableText, match=r"none.a\.wav cannot be written: there is no folder"):
        spoken("Hello.", tmp_path / "none" / "a.wav")


def no_voices(*_: object) -> object:
    raise AssertionError("the voices are loaded")


@pytest.mark.parametrize(
    ("name", "words"), [("none/a.wav", "no folder"), ("a.mp3", "WAV file: name it .wav")]
)
def test_a_file_that_cannot_be_written_is_refused_before_the_voices_load(
    name: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.speak.open_voices", no_voices)
    with pytest.raises(UnusableText, match=words):
        spoken("Hello.", tmp_path / name)


@pytest.mark.parametrize("text", ["1", "+", "5 €", "R & B", "\u4f60"])
def test_what_is_no_letter_may_be_said_too(text: str, tmp_path: Path) -> None:
    assert seconds(tmp_path / "a") > 0.2 if spoken(text, tmp_path / "a") else False


class Input:
    """Standard input with bytes."""

    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


def test_the_command_reads_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SERVER__ENGINE", "espeak")
    monkeypatch.setattr("sys.stdin", Input(b"\xef\xbb\xbfGuten Tag."))
    out = tmp_path / "a.wav"
    assert run.main(["speak", "-", "-o", str(out), "--voice", "espeak:de"]) == 0
    assert seconds(out) > 0.5
    assert str(out) in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "content", "status", "words"),
    [
        (["Hello.", "--voice", "nobody"], b"", UNUSABLE, "no voice 'nobody'"),
        (["Hello.", "--voice", "espeak:xx"], b"", UNUSABLE, "no language 'xx'"),
        (["\U0001f600\U0001f389"], b"", UNUSABLE, "no words that this voice can say"),
        (["..."], b"", UNUSABLE, "no words that this voice can say"),
        (["-"], b"ab\xff", UNUSABLE, "standard input is not UTF-8: byte 2 is 0xff"),
        (["-"], b"", UNUSABLE, "nothing to say"),
    ],
)
def test_errors_are_one_line(
    arguments: list[str],
    content: bytes,
    status: int,
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("SERVER__ENGINE", "espeak")
    monkeypatch.setattr("sys.stdin", Input(content))
    assert run.main(["speak", *arguments, "-o", str(tmp_path / "a.wav")]) == status
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("speed", ["0", "5", "fast", "nan"])
def test_a_speed_out_of_range_is_refused(speed: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run.main(["speak", "Hello.", "-o", "a.wav", "--speed", speed])
    assert "0.25 to 4" in capsys.readouterr().err
