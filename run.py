"""The command line: the bot, the demo and the tools.

Each command imports what it needs, so that ``--help`` is instant.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeAlias

from app.cli import bot_commands as bot
from app.cli import fleet_commands as fleet
from app.cli import speech_commands as speech
from app.cli.options import (
    PrintVersion,
    add_control_options,
    add_database_options,
    add_models_options,
    add_node_options,
    add_nodes_options,
    add_reconcile_options,
    add_replay_options,
    add_serve_options,
    add_speak_options,
    add_speakable_options,
    add_talk_options,
    add_transcribe_options,
    common_options,
)
from app.cli.running import FAILED, UNUSABLE, Command, say_problem
from app.output import with_output
from configuration.errors import SettingsError

Options: TypeAlias = Callable[[argparse.ArgumentParser], None]

INTERRUPTED: Final = 130
"""Exit status of a command that Ctrl-C interrupted."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the return value is the process's exit status."""
    return with_output(partial(_run, argv))


def _run(argv: Sequence[str] | None) -> int:
    parser = build_parser()
    arguments, rest = parser.parse_known_args(argv)
    if rest and not arguments.takes_rest:
        # The usage of the command, which has the option that was meant.
        arguments.parser.error(f"unrecognized arguments: {' '.join(rest)}")
    for name, value in vars(arguments).items():
        if isinstance(value, str) and not _is_text(value):
            arguments.parser.error(f"{name} is not UTF-8: {value!a}")
    # numpy's BLAS would start a thread on every core for arrays of a few hundred samples.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # systemd and Docker stop a process with SIGTERM; it means the same as Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    command: Command = arguments.run
    try:
        _check_variables_of_imports()
        return command(arguments, rest)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return UNUSABLE
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return INTERRUPTED
    except OSError:
        raise
    except Exception as error:
        from app.user_errors import user_errors

        if not isinstance(error, user_errors()):
            raise
        say_problem(error)
        return FAILED


def _is_text(argument: str) -> bool:
    """Whether an argument is UTF-8: no model takes the lone bytes of another encoding."""
    try:
        argument.encode()
    except UnicodeEncodeError:
        return False
    return True


_COMMANDS: Final[tuple[tuple[str, Command, Options, str], ...]] = (
    ("models", bot.models, add_models_options, "list, fetch or verify the models"),
    (
        "database", bot.database, add_database_options,
        "check, upgrade, copy or restore the database; export a member",
    ),
    (
        "speakable", speech.speakable, add_speakable_options,
        "show how a text would be spoken, and what posted",
    ),
    (
        "speak", speech.speak, add_speak_options,
        "write a text as a WAV file, spoken by the embedded voice",
    ),
    (
        "transcribe", speech.transcribe, add_transcribe_options,
        "print what is said in audio files",
    ),
    (
        "serve", speech.serve, add_serve_options,
        "run the speech server alone, or keep its keys",
    ),
    (
        "node", fleet.node, add_node_options,
        "run this machine as a node of the Gateway, without Discord",
    ),
    ("nodes", fleet.nodes, add_nodes_options, "show all bots, GPU boxes and other nodes"),
    (
        "talk", speech.talk, add_talk_options,
        "talk with the agents at this terminal, without Discord",
    ),
    (
        "control", fleet.control, add_control_options,
        "run the control plane, or keep its tokens",
    ),
    (
        "reconcile", fleet.reconcile, add_reconcile_options,
        "make the Gateway's configuration and cron jobs what a file says",
    ),
    (
        "replay", speech.replay, add_replay_options,
        "play recordings to a room, and show what the bot does",
    ),
)  # fmt: skip
"""Name, function, options and help of each command that has options."""


def build_parser() -> argparse.ArgumentParser:
    """The parser of the commands and their options. Without a command, the bot runs."""
    common = common_options()
    parser = argparse.ArgumentParser(
        prog="run.py",
        description="Talk with your OpenClaw agents in a Discord voice channel.",
        epilog="Without a command: the bot. `run.py demo` needs no account and no token.",
        parents=[common],
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=PrintVersion, help="print the version and exit")
    parser.set_defaults(run=bot.run_the_bot, takes_rest=False, parser=parser)
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")

    def add(name: str, run: Command, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(
            name, help=text, description=text, parents=[common], allow_abbrev=False
        )
        command.set_defaults(run=run, parser=command)
        return command

    add("bot", bot.run_the_bot, "run the bot (the same as without a command)")
    # The demo parses its own arguments, --help too.
    commands.add_parser(
        "demo", help="a whole conversation on this machine, without accounts", add_help=False
    ).set_defaults(run=_demo, takes_rest=True)
    add("doctor", bot.doctor, "check this machine and the settings, and say what to do")
    for name, run, options, text in _COMMANDS:
        options(add(name, run, text))
    return parser


def _demo(arguments: argparse.Namespace, rest: list[str]) -> int:
    from demo.cli import main as demo

    config = getattr(arguments, "config", None)
    return demo(rest if config is None else ["--config", str(config), *rest])


def _check_variables_of_imports() -> None:
    """Check SSLKEYLOGFILE: aiohttp reads it while it is imported, before the settings are."""
    given = {name: value for name, value in os.environ.items() if name == "SSLKEYLOGFILE"}
    if given:
        from network.environment import problems

        if found := problems(given):
            raise SettingsError(found)


if __name__ == "__main__":
    sys.exit(main())
