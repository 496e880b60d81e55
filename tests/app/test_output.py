"""What the commands print: names in any encoding, and an output that cannot be written."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import run
from app.output import NO_READER, NOT_WRITTEN, name_of, with_output

ROOT = Path(run.__file__).parent
FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    "arguments", [["models", "list", "fixture"], ["--help"], ["--version"], ["speakable"]]
)
def test_a_full_disk_is_said_in_one_line(arguments: list[str], unbuffered: str) -> None:
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, str(ROOT / "run.py"), *arguments],
            input="Hello.",
            stdout=full,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            text=True,
            timeout=60,
            check=False,
        )
    words = "run.py: the output cannot be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (NOT_WRITTEN, words)


class Failing(io.StringIO):
    """An output that fails."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    def write(self, text: str) -> int:
        raise OSError(self._number, os.strerror(self._number))


def prints() -> int:
    sys.stdout.write("a line")
    return 0


def prints_and_goes_on() -> int:
    try:
        return prints()
    except OSError:
        return 0


@pytest.mark.parametrize("command", [prints, prints_and_goes_on])
@pytest.mark.parametrize(
    ("number", "status", "said"), [(errno.ENOSPC, NOT_WRITTEN, 1), (errno.EPIPE, NO_READER, 0)]
)
def test_a_failure_counts_also_if_the_command_passes_over_it(
    command: Callable[[], int],
    number: int,
    status: int,
    said: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    failing = Failing(number)
    monkeypatch.setattr("sys.stdout", failing)
    assert with_output(command) == status
    assert sys.stdout is failing
    assert capsys.readouterr().err.count("\n") == said


def test_an_output_that_is_closed_is_none_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    assert with_output(prints) == 0


def test_the_failure_of_something_else_stays_what_it_is() -> None:
    def command() -> int:
        raise FileNotFoundError(errno.ENOENT, "none")

    with pytest.raises(FileNotFoundError):
        with_output(command)


def test_a_name_that_is_not_utf_8_is_printed_with_an_escape() -> None:
    odd = os.fsdecode(b"/a/bad\xff.wav")
    assert name_of(Path(odd)) == "/a/bad\\udcff.wav"
    code = (
        "import sys\nfrom app.output import with_output\n"
        f"sys.exit(with_output(lambda: print({odd!r}) or 0))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii:strict"},
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, b"/a/bad\\udcff.wav\n")
