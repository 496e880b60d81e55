"""What the commands of ``run.py`` share: their statuses, the settings, and running a service."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from settings import Settings

Command: TypeAlias = Callable[[argparse.Namespace, list[str]], int]
"""Takes the parsed arguments and the unknown ones; returns the exit status."""

FAILED: Final = 1
"""Exit status when something that a command needs is missing or fails; the text says what."""
UNUSABLE: Final = 2
"""Exit status when the command line or the settings are wrong."""


def prepare(arguments: argparse.Namespace, load: Callable[..., Settings] | None = None) -> Settings:
    """Read the settings, with ``load`` or as `load_settings`, and set up logging."""
    from logs import set_up_logging
    from settings import load_settings

    notices: list[str] = []
    settings = (load or load_settings)(getattr(arguments, "config", None), on_notice=notices.append)
    log_settings = settings.logging
    set_up_logging(
        getattr(arguments, "log_level", log_settings.level),
        form=log_settings.format,
        speech=log_settings.speech,
    )
    for words in notices:
        logging.getLogger("settings").warning("%s", words)
    return settings


def say_problem(problem: object) -> None:
    """Print why a command ends, on standard error; further lines of it are indented."""
    from logs import printable_lines

    # Quoted text may have several lines, which must not look like ours.
    print(printable_lines(f"run.py: {problem}").replace("\n", "\n  "), file=sys.stderr)


def run_until_stopped(work: Coroutine[Any, Any, int | None]) -> int:
    """Run a service until it ends, or until Ctrl-C or SIGTERM cancel it; the status is 0 then.

    The cancelled service closes its connections before this returns.
    """

    async def supervised() -> int:
        task = asyncio.current_task()
        assert task is not None
        with suppress(NotImplementedError):  # Windows has no SIGTERM
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        return await work or 0

    try:
        return asyncio.run(supervised())
    except (KeyboardInterrupt, asyncio.CancelledError):
        return 0
