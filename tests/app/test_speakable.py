"""The command that shows how a text would be spoken."""

from __future__ import annotations

import io
import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

import run
from app.cli.running import UNUSABLE

ROOT = Path(run.__file__).parent
TEXT = "<think>Hm.</think>It is 5*3, <@1>. See [this](https://a.org). Où est-ce?"
LINES = [
    {"spoken": "It is 5 times 3, someone."},
    {"spoken": "See this."},
    {"spoken": "Où est-ce?"},
    {"posted": ["[this](https://a.org)"]},
]


@dataclass(frozen=True, slots=True)
class Ended:
    """What a run of the command wrote, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def lines(self) -> list[object]:
        assert (self.status, self.err) == (0, "")
        return [json.loads(line) for line in self.out.splitlines()]


class Speakable(Protocol):
    def __call__(self, *arguments: str, text: bytes = b"") -> Ended: ...


@pytest.fixture
def speakable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Speakable:
    """Runs the command in this process, with a text on its standard input."""
    monkeypatch.setattr("settings.HOME", tmp_path)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    monkeypatch.setattr("logs.set_up_logging", lambda level, **_: None)

    def command(*arguments: str, text: bytes = b"") -> Ended:
        out, err = io.BytesIO(), io.StringIO()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, write_through=True))
        monkeypatch.setattr(sys, "stderr", err)
        try:
            status = run.main(["speakable", *arguments])
        except SystemExit as ended:  # the parser of the arguments
            status = int(ended.code or 0)
        return Ended(status, out.getvalue().decode("utf-8"), err.getvalue())

    return command


def test_a_line_a_sentence_and_one_with_what_would_be_posted() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "run.py"), "speakable"],
        input=TEXT.encode(),
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert Ended(done.returncode, done.stdout.decode(), done.stderr.decode()).lines == LINES


@pytest.mark.parametrize("size", ["1", "2", "7", "1000"])
def test_in_pieces_it_is_the_same(speakable: Speakable, size: str) -> None:
    assert speakable("--stream", size, text=TEXT.encode()).lines == LINES


def test_reasoning_that_is_found_late_is_not_in_it(speakable: Speakable) -> None:
    text = b"They ask. Hm.</think>It is late."
    said = [{"spoken": "It is late."}, {"posted": []}]
    assert speakable("--stream", "1", text=text).lines == said
    assert speakable(text=text).lines == said


def test_a_file_in_its_language(speakable: Speakable, tmp_path: Path) -> None:
    file = tmp_path / "answer.md"
    file.write_bytes(b"\xef\xbb\xbfEs sind 5*3.\r\n\r\nGut.")
    assert speakable(str(file), "--language", "de").lines == [
        {"spoken": "Es sind 5 mal 3."},
        {"spoken": "Gut."},
        {"posted": []},
    ]


def test_nothing_is_nothing(speakable: Speakable) -> None:
    assert speakable().lines == [{"posted": []}]


@pytest.mark.parametrize(
    ("arguments", "text", "said"),
    [
        (["no-such-file"], b"", "no-such-file cannot be read: No such file or directory"),
        (["."], b"", ". cannot be read: Is a directory"),
        ([], b"It is \xff late.", "standard input is not UTF-8: byte 6 is 0xff"),
        (["--stream", "0"], b"", "'0' is not a number from 1"),
        (["--stream", "x"], b"", "'x' is not a number from 1"),
    ],
)
def test_what_cannot_be_read_is_said_in_a_line(
    speakable: Speakable, arguments: list[str], text: bytes, said: str
) -> None:
    done = speakable(*arguments, text=text)
    assert done.status == UNUSABLE
    assert said in done.err
    assert "Traceback" not in done.err


def test_whoever_reads_only_the_first_lines_is_spared_a_traceback() -> None:
    done = subprocess.run(
        f"{sys.executable} run.py speakable --stream 1000 | head -n 1",
        shell=True,
        cwd=ROOT,
        input=b"It is late. " * 20_000,
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert done.stdout == b'{"spoken": "It is late."}\n'
    assert done.stderr == b""
