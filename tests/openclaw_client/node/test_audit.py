"""What was commanded is on record, and what was said is not."""

from __future__ import annotations

import json
import logging
import stat
from pathlib import Path
from typing import Any

import pytest

from openclaw_client.errors import AuditError
from openclaw_client.node.audit import AuditLog
from openclaw_client.node.invocation import Invocation

SESSION = "agent:jarvis:discord:dm:42"


def invocation(**changes: Any) -> Invocation:
    base = {
        "id": "397e",
        "nodeId": "n",
        "command": "voice.say",
        "paramsJSON": '{"text": "the password is swordfish"}',
        "sessionKey": SESSION,
    }
    return Invocation.model_validate(base | changes)


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


def test_a_place_that_cannot_be_written_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AuditError, match=r"openclaw\.node\.audit_log"):
        opened(tmp_path / "file" / "audit.jsonl").__enter__()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk here that is always full")
def test_a_full_disk_is_told_of_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with opened(Path("/dev/full")) as audit, caplog.at_level(logging.ERROR):
        audit.write(invocation(), "ok", 0.0)
    assert "was not written to /dev/full" in caplog.text
