"""The commands of several machines: ``node``, ``nodes``, ``control``, ``reconcile``."""

from __future__ import annotations

import argparse
import sys
from typing import Final

from app.cli.running import UNUSABLE, prepare, run_until_stopped, say_problem

_NAMED: Final = {
    ("bots", "add"),
    ("bots", "remove"),
    ("bots", "token"),
    ("operators", "add"),
    ("operators", "remove"),
    ("readers", "add"),
    ("readers", "remove"),
}


def node(arguments: argparse.Namespace, rest: list[str]) -> int:
    from app.fleet.starting_configuration import StartingConfiguration

    start = StartingConfiguration()
    settings = prepare(arguments, start.load if arguments.action == "run" else start.look)
    from app.fleet.box_node import join_node, leave_node, node_status, run_node

    match arguments.action:
        case "bootstrap":
            from app.fleet.bootstrap import bootstrap_node

            return run_until_stopped(bootstrap_node(settings, arguments))
        case "join" if arguments.code == "-":
            return run_until_stopped(join_node(settings, sys.stdin.readline(10_000)))
        case "join" if not arguments.code:
            say_problem("join needs the code, or its address: node join CODE")
            return UNUSABLE
        case "join":
            return run_until_stopped(join_node(settings, arguments.code))
        case "leave":
            return run_until_stopped(leave_node(settings))
        case "status":
            return run_until_stopped(node_status(settings))
        case "jobs":
            from app.fleet.jobs import show_jobs

            return run_until_stopped(show_jobs(settings))
        case _:
            return run_until_stopped(start.until_restart(run_node(settings, start)))


def nodes(arguments: argparse.Namespace, rest: list[str]) -> int:
    arguments.log_level = getattr(arguments, "log_level", "CRITICAL")
    from app.fleet.nodes_table import print_nodes
    from app.fleet.starting_configuration import StartingConfiguration

    settings = prepare(arguments, StartingConfiguration().look)
    return run_until_stopped(print_nodes(settings, arguments))


def control(arguments: argparse.Namespace, rest: list[str]) -> int:
    settings = prepare(arguments)
    from app.fleet.control_plane import run_control

    needs_name = (arguments.kind, arguments.action) in _NAMED
    if needs_name and not arguments.name:
        say_problem(f"control {arguments.kind} {arguments.action} needs a name")
        return UNUSABLE
    return run_until_stopped(
        run_control(settings, arguments.kind, arguments.action, arguments.name, sys.stdout)
    )


def reconcile(arguments: argparse.Namespace, rest: list[str]) -> int:
    settings = prepare(arguments)
    from app.fleet.reconciler import run_reconciler

    return run_until_stopped(
        run_reconciler(
            settings,
            arguments.action,
            file=arguments.file,
            dry_run=arguments.dry_run,
            watch=arguments.watch,
            output=sys.stdout,
        )
    )
