"""What the commands print: names in any encoding, and an output that cannot be written.

It imports nothing of the bot: `run.py --help` prints too.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, TextIO

NO_READER: Final = 141
"""Exit status when the reader of the output has closed the pipe: the shell's for SIGPIPE."""
NOT_WRITTEN: Final = 1
"""Exit status when the output cannot be written: the disk is full, or the terminal is gone."""


def name_of(path: Path) -> str:
    """A path as text that any program can read, with ``\\udcff`` for the byte 0xff."""
    return os.fspath(path).encode("utf-8", "backslashreplace").decode("utf-8")


class WatchedOutput(io.TextIOBase):
    """Standard output that remembers whether it could be written, whoever catches the error."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.failure: OSError | None = None
        """The first error of it."""

    def write(self, text: str) -> int:
        with self._watched():
            return self._stream.write(text)

    def flush(self) -> None:
        with self._watched():
            self._stream.flush()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.failure = self.failure or error
            raise

    @property
    def buffer(self) -> BinaryIO:
        return self._stream.buffer

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self._stream.encoding

    @property
    def errors(self) -> str | None:  # type: ignore[override]
        return self._stream.errors

    def close(self) -> None:
        """It is not ours to close."""

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._stream.isatty()

    def fileno(self) -> int:
        return self._stream.fileno()


def with_output(command: Callable[[], int]) -> int:
    """Run a command that prints to standard output; its status, or that of an output that failed.

    A reader that has closed the pipe, as ``head`` does, is no fault, and nothing is said. Any other
    failure is said in one line.
    """
    before = sys.stdout
    if before is None:
        # It was closed by whoever started us, who wants nothing of it.
        with Path(os.devnull).open("w", encoding="utf-8") as sys.stdout:
            return command()
    output = WatchedOutput(before)
    sys.stdout = output
    try:
        _take_any_text(before)
        try:
            status = command()
        finally:
            output.flush()
    except SystemExit:
        # argparse passes over an output that cannot be written.
        if output.failure is None:
            raise
        status = NOT_WRITTEN
    except OSError as error:
        if output.failure is None and not isinstance(error, BrokenPipeError):
            raise
        status = NOT_WRITTEN
        output.failure = output.failure or error
    finally:
        sys.stdout = before
    if output.failure is None:
        return status
    for stream in (before, sys.stderr):
        _drop_the_rest(stream)
    if isinstance(output.failure, BrokenPipeError):
        return NO_READER
    sys.stderr.write(
        f"run.py: the output cannot be written: {output.failure.strerror or output.failure}\n"
    )
    return NOT_WRITTEN


def _take_any_text(stream: TextIO) -> None:
    """Make an output UTF-8, with escapes such as ``\\udcff`` for what is not.

    The name of a file may have bytes that are no UTF-8, and printing it must not fail.
    """
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _drop_the_rest(stream: TextIO | None) -> None:
    """Write nothing more to a stream that fails: Python flushes at its end, and would complain."""
    if stream is None:
        return
    try:
        stream.flush()
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
