"""One bot a folder, whatever becomes of the process that had it before."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from state import FolderInUse, only_one
from state.lock import HOLDER_FILE, LOCK_FILE
from tests.state.limits import read_only

ROOT = Path(__file__).parents[2]
HOLD = """
import sys
from pathlib import Path
from state import only_one
with only_one(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def held_by_another(folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_the_second_is_told_in_one_line_which_process_has_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    with held_by_another(folder) as process, pytest.raises(FolderInUse) as told, only_one(folder):
        pytest.fail("it got in")
    assert f"process {process.pid} on " in str(told.value)
    assert str(folder) in str(told.value)
    assert "\n" not in str(told.value)


def test_a_process_that_was_killed_holds_nothing(tmp_path: Path) -> None:
    with held_by_another(tmp_path) as process:
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        assert (tmp_path / HOLDER_FILE).exists()
        with only_one(tmp_path):
            assert str(os.getpid()) in (tmp_path / HOLDER_FILE).read_text()


def test_after_the_end_it_can_be_had_again(tmp_path: Path) -> None:
    for _ in range(2):
        with only_one(tmp_path):
            pass
    assert not (tmp_path / HOLDER_FILE).exists()


def test_a_lock_whose_holder_has_not_signed_is_a_lock(tmp_path: Path) -> None:
    with held_by_another(tmp_path):
        (tmp_path / HOLDER_FILE).write_bytes(b"\xff")
        with pytest.raises(FolderInUse, match="its process is unknown"), only_one(tmp_path):
            pytest.fail("it got in")


def test_a_read_only_folder_is_used_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with read_only(folder), only_one(folder):
            pass
        assert list(folder.iterdir()) == []
    assert "a second bot will not be detected" in caplog.messages[0]
    assert "end with the bot" in caplog.messages[1]
    assert len(caplog.messages) == 2


def test_a_held_lock_is_detected_in_a_read_only_folder() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / LOCK_FILE).touch()
        (folder / LOCK_FILE).chmod(0o666)
        with (
            held_by_another(folder),
            read_only(folder),
            pytest.raises(FolderInUse),
            only_one(folder),
        ):
            pytest.fail("it got in")


@pytest.mark.parametrize("in_the_way", ["directory", "link"])
def test_what_lies_in_the_locks_place_keeps_no_bot_from_running(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, in_the_way: str
) -> None:
    lock = tmp_path / LOCK_FILE
    if in_the_way == "directory":
        lock.mkdir()
    else:
        lock.symlink_to(lock)
    with only_one(tmp_path):
        pass
    (told,) = caplog.messages
    assert f"{lock} cannot be locked" in told


def test_a_file_in_the_folders_place_keeps_no_bot_from_running(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("in the way")
    with only_one(tmp_path / "state"):
        pass
    assert "end with the bot" in caplog.text
