"""The audit log has the commands, and no speech."""

from __future__ import annotations

import json
import logging
import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from openclaw_client.errors import AuditError
from openclaw_client.node.audit import AuditLog
from openclaw_client.protocol.payloads import InvokeRequest
from tests.state.limits import read_only

SESSION = "agent:jarvis:discord:dm:42"


def invocation(**changes: Any) -> InvokeRequest:
    base = {
        "id": "397e",
        "nodeId": "n",
        "command": "voice.say",
        "paramsJSON": '{"text": "the password is swordfish"}',
        "sessionKey": SESSION,
    }
    return InvokeRequest.model_validate(base | changes)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def opened(path: Path, max_bytes: int = 100_000, kept: int = 2) -> AuditLog:
    return AuditLog(path, max_bytes=max_bytes, files_kept=kept)


def test_a_line_says_who_what_when_and_how_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "new" / "audit.jsonl"
    with opened(path) as audit:
        audit.write(invocation(), "ok", 2.3104)
    (line,) = lines(path)
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "session": SESSION,
        "command": "voice.say",
        "outcome": "ok",
        "ms": 2310,
        "id": "397e",
    }
    assert "swordfish" not in path.read_text(encoding="utf-8")


def test_it_is_for_the_operator_alone_and_goes_on_where_it_ended(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    for _ in range(2):
        with opened(path) as audit:
            audit.write(invocation(), "ok", 0.0)
    assert len(lines(path)) == 2
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_command_cannot_make_two_lines_of_itself(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    with opened(path) as audit:
        audit.write(invocation(command='x\n{"forged": true}'), "INVALID_REQUEST", 0.0)
    assert len(lines(path)) == 1


def test_it_does_not_grow_without_end(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    with opened(path, max_bytes=2000) as audit:
        for _ in range(200):
            audit.write(invocation(), "ok", 0.0)
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["audit.jsonl", "audit.jsonl.1", "audit.jsonl.2"]
    assert all(file.stat().st_size <= 2000 for file in files)
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)


def test_an_unwritable_path_is_an_error_with_advice(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AuditError, match=r"openclaw\.node\.audit_log"):
        opened(tmp_path / "file" / "audit.jsonl").__enter__()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk here that is always full")
def test_a_full_disk_is_logged_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with opened(Path("/dev/full")) as audit, caplog.at_level(logging.ERROR):
        for _ in range(100):
            audit.write(invocation(), "ok", 0.0)
    assert "was not written to /dev/full" in caplog.text
    assert len(caplog.records) < 10, "told, and not for each command"


@pytest.mark.parametrize("in_the_way", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to(path)])
def test_what_lies_in_its_place_is_put_aside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, in_the_way: Callable[[Path], Any]
) -> None:
    path = tmp_path / "audit.jsonl"
    in_the_way(path)
    with opened(path) as audit:
        audit.write(invocation(), "ok", 0.0)
    assert len(lines(path)) == 1
    (told,) = caplog.messages
    assert "put aside as audit.jsonl.broken-" in told


def test_a_file_that_may_not_be_written_is_put_aside() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "state"
        Path(name).chmod(0o755)
        folder.mkdir()
        folder.chmod(0o777)
        path = folder / "audit.jsonl"
        path.write_text("{}\n")
        path.chmod(0o444)
        with read_only(Path(name)), opened(path) as audit:
            audit.write(invocation(), "ok", 0.0)
        assert len(lines(path)) == 1
        assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("before", [b'{"at": "2026', b"\xff\xfe", b"{}\n\0\0\0"])
def test_a_truncated_line_does_not_merge_with_the_next(tmp_path: Path, before: bytes) -> None:
    path = tmp_path / "audit.jsonl"
    path.write_bytes(before)
    with opened(path) as audit:
        audit.write(invocation(), "ok", 0.0)
    kept = path.read_bytes()
    assert kept.startswith(before + b"\n")
    assert json.loads(kept.splitlines()[-1])["outcome"] == "ok"


@pytest.mark.parametrize("text", ["x\n{}", "\x1b[2J", "\u202e", "\u2028"])
def test_a_line_is_printable_whatever_a_session_is_called(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, text: str
) -> None:
    path = tmp_path / "audit.jsonl"
    with opened(path) as audit:
        audit.write(invocation(command=text, sessionKey=text, id=text), "ok", 0.0)
    (line,) = path.read_text(encoding="ascii").splitlines()
    assert line.isprintable()
    assert json.loads(line)["session"] == text
    assert caplog.messages == []


def test_a_job_has_lines_of_its_own(tmp_path: Path) -> None:
    with AuditLog(tmp_path / "audit.jsonl", max_bytes=10_000, files_kept=1) as audit:
        audit.write_job("3f0c", "container", "agent:jarvis:main", "accepted", 0.0, image="a:1")
        audit.write_job("3f0c", "synthesise", None, "done", 1.5)
    first, second = [
        json.loads(line) for line in (tmp_path / "audit.jsonl").read_text().splitlines()
    ]
    assert (first["command"], first["outcome"], first["image"]) == (
        "job:container",
        "accepted",
        "a:1",
    )
    assert (second["session"], second["ms"], "image" in second) == (None, 1_500, False)
