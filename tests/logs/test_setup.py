from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from logs import OURS, set_up_logging


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Give the process its loggers back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in (*OURS, "aiohttp.access", "faster_whisper", "httpcore", "httpx", "uvicorn"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    logging.getLogger("websockets").setLevel(logging.NOTSET)


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
