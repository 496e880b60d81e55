"""The command that shows how a text would be spoken."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

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


def speakable(*arguments: str, text: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, str(ROOT / "run.py"), "speakable", *arguments],
        input=text,
        capture_output=True,
        timeout=30,
        check=False,
    )


def lines(done: subprocess.CompletedProcess[bytes]) -> list[object]:
    assert (done.returncode, done.stderr) == (0, b"")
    return [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]


def test_a_line_a_sentence_and_one_with_what_would_be_posted() -> None:
    assert lines(speakable(text=TEXT.encode())) == LINES


@pytest.mark.parametrize("size", ["1", "2", "7", "1000"])
def test_in_pieces_it_is_the_same(size: str) -> None:
    assert lines(speakable("--stream", size, text=TEXT.encode())) == LINES


def test_reasoning_that_is_found_late_is_not_in_it() -> None:
    text = b"They ask. Hm.</think>It is late."
    said = [{"spoken": "It is late."}, {"posted": []}]
    assert lines(speakable("--stream", "1", text=text)) == said
    assert lines(speakable(text=text)) == said


def test_a_file_in_its_language(tmp_path: Path) -> None:
    file = tmp_path / "answer.md"
    file.write_bytes(b"\xef\xbb\xbfEs sind 5*3.\r\n\r\nGut.")
    assert lines(speakable(str(file), "--language", "de")) == [
        {"spoken": "Es sind 5 mal 3."},
        {"spoken": "Gut."},
        {"posted": []},
    ]


def test_nothing_is_nothing() -> None:
    assert lines(speakable()) == [{"posted": []}]


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
    arguments: list[str], text: bytes, said: str
) -> None:
    done = speakable(*arguments, text=text)
    assert done.returncode == UNUSABLE
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr


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
