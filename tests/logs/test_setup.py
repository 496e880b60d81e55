from __future__ import annotations

import io
import logging
import re
import sys

import pytest

from logs import OURS, set_up_logging
from tests.test_structure import PRODUCT


def test_the_level_of_the_settings_applies_to_every_package_of_the_bot() -> None:
    assert set(PRODUCT) <= set(OURS)


def test_debug_is_for_our_own_loggers_alone() -> None:
    set_up_logging("DEBUG")
    assert logging.getLogger("pipeline.orchestrator").isEnabledFor(logging.DEBUG)
    assert not logging.getLogger("websockets.client").isEnabledFor(logging.INFO)
    assert not logging.getLogger("discord.gateway").isEnabledFor(logging.DEBUG)
    assert logging.getLogger("discord.gateway").isEnabledFor(logging.INFO)


def test_a_level_holds_for_everything() -> None:
    set_up_logging("ERROR")
    assert not logging.getLogger("pipeline.vad").isEnabledFor(logging.WARNING)
    assert not logging.getLogger("httpx").isEnabledFor(logging.WARNING)
    assert logging.getLogger("discord").isEnabledFor(logging.ERROR)


def test_lines_go_to_stderr_with_time_level_and_name(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("INFO")
    logging.getLogger("pipeline.latency").info("a turn")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.endswith(" INFO    pipeline.latency: a turn\n")


RECORD = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d "


def test_text_from_outside_is_escaped_for_every_logger(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logging("INFO")
    forged = "Eve\n2026-11-21 12:00:00,000 ERROR   app.process: forged\x1b[2J"
    for name in ("discord_bot.bot", "discord.voice_state", "asyncio", "a.library"):
        try:
            raise RuntimeError(forged)
        except RuntimeError:
            logging.getLogger(name).exception("failed for %s", forged)
    err = capsys.readouterr().err
    assert "\x1b" not in err
    records = [line for line in err.splitlines() if not line.startswith("    ")]
    assert len(records) == 4
    assert all(re.match(RECORD, line) for line in records)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8", "cp1252"])
def test_an_stderr_of_any_encoding_takes_every_record(
    monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(raw, encoding=encoding, errors="strict"))
    set_up_logging("INFO")
    logging.getLogger("discord_bot").info("李雷 \udcff 🦊 joined")
    sys.stderr.flush()
    line = raw.getvalue().decode(encoding)
    assert line.endswith(" joined\n")
    assert "Logging error" not in line
