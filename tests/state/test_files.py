"""The bot's files: whole or not at all, and never in the bot's way."""

from __future__ import annotations

import errno
import json
import logging
import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from state import (
    StateUnreadable,
    StateUnwritable,
    create_state,
    put_aside,
    read_state,
    write_state,
)
from state.files import MOST_BYTES
from tests.state.limits import no_more_files, read_only


def as_object(text: str) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict) or set(found) != {"kept"}:
        raise ValueError(f"secret text: {text}")
    return found


KEPT = {"kept": 7}
CONTENT = json.dumps(KEPT).encode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "kept.json"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder whose parents every user may pass, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_what_is_written_is_read(path: Path) -> None:
    assert read_state(path, as_object) is None
    write_state(path, CONTENT)
    assert read_state(path, as_object) == KEPT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["kept.json"], "no drafts are left"


def test_file_and_folder_are_on_the_disk_before_it_returns(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    sync, replace = os.fsync, os.replace

    def noted(handle: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"
        steps.append(f"sync the {kind}")
        sync(handle)

    def renamed(old: Any, new: Any) -> None:
        steps.append("rename")
        replace(old, new)

    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(os, "replace", renamed)
    write_state(path, CONTENT)
    assert steps == ["sync the file", "rename", "sync the folder"]


def test_a_byte_order_mark_is_no_fault(path: Path) -> None:
    write_state(path, b"\xef\xbb\xbf" + CONTENT)
    assert read_state(path, as_object) == KEPT


# -- what cannot be read -------------------------------------------------------------------------


def rubbish(content: bytes) -> Callable[[Path], Any]:
    return lambda path: path.write_bytes(content)


def huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(100 * MOST_BYTES)


BROKEN: dict[str, tuple[Callable[[Path], Any], str]] = {
    "not UTF-8": (rubbish(b'{"kept": "\xff"}'), "not UTF-8"),
    "UTF-16": (rubbish('{"kept": 7}'.encode("utf-16")), "not UTF-8"),
    "empty": (rubbish(b""), "empty"),
    "zeros, as after a power cut": (rubbish(bytes(4096)), "empty"),
    "cut short": (rubbish(CONTENT[:-3]), "incomplete"),
    "no JSON": (rubbish(b"kept = 7"), "not as the bot writes it"),
    "a list": (rubbish(b"[1, 2]"), "not as this version"),
    "a number": (rubbish(b"7"), "not as the bot writes it"),
    "of another version": (rubbish(b'{"version": 9, "kept": 7}'), "not as this version"),
    "nested without end": (rubbish(b"[" * 100_000), "not JSON"),
    "huge": (huge, "more than 16 MB"),
    "a directory": (Path.mkdir, "directory"),
    "a pipe": (os.mkfifo, "not a file"),
    "a link to itself": (lambda path: path.symlink_to(path), "symbolic links"),
}


@pytest.mark.parametrize(("make", "why"), BROKEN.values(), ids=BROKEN)
def test_an_unusable_file_is_put_aside_with_one_log_line(
    path: Path, caplog: pytest.LogCaptureFixture, make: Callable[[Path], Any], why: str
) -> None:
    path.parent.mkdir()
    make(path)
    with caplog.at_level(logging.INFO):
        assert read_state(path, as_object) is None
    (told,) = caplog.messages
    assert str(path) in told
    assert why in told
    assert "\n" not in told
    assert "secret text" not in told
    (aside,) = path.parent.iterdir()
    assert aside.name.startswith("kept.json.broken-")
    assert aside.name in told
    write_state(path, CONTENT)
    assert read_state(path, as_object) == KEPT


@pytest.mark.parametrize(("make", "why"), BROKEN.values(), ids=BROKEN)
def test_an_irreplaceable_file_is_not_moved(
    path: Path, make: Callable[[Path], Any], why: str
) -> None:
    path.parent.mkdir()
    make(path)
    with pytest.raises(StateUnreadable) as told:
        read_state(path, as_object, irreplaceable=True)
    assert why in told.value.reason
    assert not told.value.passing
    assert os.path.lexists(path)


def test_a_file_that_may_not_be_read_is_put_aside(
    open_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    inner = open_folder / "state"
    inner.mkdir()
    inner.chmod(0o777)
    path = inner / "kept.json"
    path.write_bytes(CONTENT)
    path.chmod(0)
    with read_only(open_folder):  # for root the rights of a file are no hindrance
        assert read_state(path, as_object) is None
    (told,) = caplog.messages
    assert "Permission denied" in told
    (aside,) = inner.iterdir()
    assert aside.read_bytes() == CONTENT


def test_what_cannot_even_be_put_aside_is_told_as_what_it_is(open_folder: Path) -> None:
    path = open_folder / "kept.json"
    path.write_bytes(b"\xff")
    with read_only(open_folder), pytest.raises(StateUnreadable) as told:
        read_state(path, as_object)
    assert str(path) in str(told.value)
    assert "not UTF-8" in str(told.value)
    assert "Permission denied" in str(told.value)
    assert path.read_bytes() == b"\xff"


def test_a_sound_file_is_left_alone_when_the_process_is_out_of_something(path: Path) -> None:
    write_state(path, CONTENT)
    with no_more_files(), pytest.raises(StateUnreadable) as told:
        read_state(path, as_object)
    assert told.value.passing
    assert os.strerror(errno.EMFILE) in str(told.value)
    assert read_state(path, as_object) == KEPT


def test_of_several_broken_ones_none_is_lost(path: Path) -> None:
    path.parent.mkdir()
    for number in range(3):
        path.write_text(str(number))
        put_aside(path)
    assert sorted(each.read_text() for each in path.parent.iterdir()) == ["0", "1", "2"]


def test_a_secret_that_others_may_read_is_made_private(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_state(path, CONTENT)
    path.chmod(0o644)
    assert read_state(path, as_object, secret=True) == KEPT
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "other users of this machine could read" in caplog.text


def test_a_secret_that_cannot_be_made_private_is_used(
    open_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a file that is another's")
    path = open_folder / "kept.json"
    path.write_bytes(CONTENT)
    path.chmod(0o644)
    with read_only(open_folder):
        assert read_state(path, as_object, secret=True) == KEPT
    assert "other users of this machine can read" in caplog.text


# -- what cannot be written ----------------------------------------------------------------------


def test_a_folder_that_takes_nothing_leaves_what_was_there(open_folder: Path) -> None:
    path = open_folder / "kept.json"
    path.write_bytes(CONTENT)
    with read_only(open_folder), pytest.raises(StateUnwritable) as told:
        write_state(path, b"{}")
    assert "openclaw.state_dir" in str(told.value)
    assert path.read_bytes() == CONTENT


def test_a_disk_that_is_full_leaves_what_was_there_and_no_draft(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_state(path, CONTENT)

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StateUnwritable, match="No space left"):
        write_state(path, b"{}")
    assert path.read_bytes() == CONTENT
    assert [each.name for each in path.parent.iterdir()] == ["kept.json"]


def test_a_directory_in_the_files_place_is_not_written_into(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(StateUnwritable):
        write_state(path, CONTENT)
    assert list(path.iterdir()) == []
    assert [each.name for each in path.parent.iterdir()] == ["kept.json"]


def test_a_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere" / "real.json"
    path.parent.mkdir()
    path.symlink_to(target)
    assert read_state(path, as_object) is None
    write_state(path, CONTENT)
    assert path.is_symlink()
    assert target.read_bytes() == CONTENT


def test_a_file_is_made_once(path: Path) -> None:
    assert create_state(path, b"first")
    assert not create_state(path, b"second")
    assert path.read_bytes() == b"first"


def test_where_there_are_no_hard_links_a_file_is_made_all_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refused)
    assert create_state(path, b"first")
    assert not create_state(path, b"second")
    assert path.read_bytes() == b"first"
    assert len(list(path.parent.iterdir())) == 1
