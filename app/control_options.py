"""The commands of the fleet's control: `run.py control` and `run.py reconcile`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

if TYPE_CHECKING:
    from settings import Settings

Command: TypeAlias = Callable[[argparse.Namespace, list[str]], int]
Prepare: TypeAlias = Callable[[argparse.Namespace], "Settings"]
RunUntilStopped: TypeAlias = Callable[[Coroutine[Any, Any, int | None]], int]

_UNUSABLE: Final = 2


class _Add(Protocol):
    def __call__(self, name: str, run: Command, text: str) -> argparse.ArgumentParser: ...


def add_control_commands(add: _Add, prepare: Prepare, run: RunUntilStopped) -> None:
    """Add both commands. ``prepare`` reads the settings, ``run`` runs a service to its end."""

    def control(arguments: argparse.Namespace, rest: list[str]) -> int:
        settings = prepare(arguments)
        from app.control_plane import run_control

        needs_name = (arguments.kind, arguments.action) in _NAMED
        if needs_name and not arguments.name:
            words = f"control {arguments.kind} {arguments.action} needs a name"
            sys.stderr.write(f"run.py: {words}\n")
            return _UNUSABLE
        return run(
            run_control(settings, arguments.kind, arguments.action, arguments.name, sys.stdout)
        )

    def reconcile(arguments: argparse.Namespace, rest: list[str]) -> int:
        settings = prepare(arguments)
        from app.reconciler import run_reconciler

        return run(
            run_reconciler(
                settings,
                arguments.action,
                file=arguments.file,
                dry_run=arguments.dry_run,
                watch=arguments.watch,
                output=sys.stdout,
            )
        )

    _add_control_options(add("control", control, "run the control plane, or keep its tokens"))
    _add_reconcile_options(
        add(
            "reconcile",
            reconcile,
            "make the Gateway's configuration and cron jobs what a file says",
        )
    )


_NAMED: Final = {
    ("bots", "add"),
    ("bots", "remove"),
    ("bots", "token"),
    ("operators", "add"),
    ("operators", "remove"),
}


def _add_control_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "kind",
        nargs="?",
        default="serve",
        choices=("serve", "bots", "operators", "keys"),
        help="serve (default), or what to keep",
    )
    parser.add_argument(
        "action",
        nargs="?",
        default="list",
        choices=("list", "add", "remove", "token", "new", "rotate"),
        help="bots: list, add ID, remove ID, token ID; operators: list, add NAME, remove NAME; "
        "keys: new, rotate",
    )
    parser.add_argument("name", nargs="?", default="", metavar="NAME", help="the id or the name")


def _add_reconcile_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        nargs="?",
        default="apply",
        choices=("apply", "rollback"),
        help="apply (default), or rollback to the configuration from before the last change",
    )
    parser.add_argument("--file", metavar="FILE", help="in place of fleet.reconciler.file")
    parser.add_argument("--dry-run", action="store_true", help="only print what would change")
    parser.add_argument(
        "--watch", action="store_true", help="go on, every fleet.reconciler.every_s"
    )
