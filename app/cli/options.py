"""Options of the commands of ``run.py``. It imports nothing of the bot: ``--help`` is instant."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def common_options() -> argparse.ArgumentParser:
    """The options that every command has, as a parent of its parser."""
    common = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    common.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        default=argparse.SUPPRESS,
        help="read this instead of the config.yaml beside run.py",
    )
    common.add_argument(
        "--log-level",
        type=str.upper,
        choices=("DEBUG", "INFO", "WARNING", "ERROR"),
        default=argparse.SUPPRESS,
        help="overrides the level in the settings",
    )
    return common


def add_models_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("list", "fetch", "verify"))
    parser.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="models such as kokoro, or sizes of Whisper such as small (without: those that the "
        "settings need; list then shows the others too)",
    )


def add_node_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "action",
        nargs="?",
        choices=("run", "join", "status", "leave", "jobs", "bootstrap"),
        default="run",
        help="run it (the default), join a Gateway, show its state or jobs, leave the Gateway, or "
        "make another machine a node over ssh",
    )
    parser.add_argument(
        "code",
        nargs="?",
        metavar="CODE",
        help="for join: the code or the address that `openclaw devices join-code` prints, or - for "
        "standard input; for bootstrap: user@host or user@host:port",
    )
    over_ssh = parser.add_argument_group("bootstrap (docs/bootstrap.md)")
    over_ssh.add_argument("--dry-run", action="store_true", help="only say what would be done")
    over_ssh.add_argument(
        "--accept-new-host-key", action="store_true", help="trust a host key that is not known yet"
    )
    over_ssh.add_argument(
        "--identity", type=Path, action="append", default=[], metavar="FILE", help="a private key"
    )
    over_ssh.add_argument("--known-hosts", type=Path, metavar="FILE", help="instead of ssh's own")
    over_ssh.add_argument(
        "--ask-password", action="store_true", help="ask for a password where no key is accepted"
    )
    over_ssh.add_argument(
        "--folder", metavar="DIR", help="where to install there (~/openclaw-voice-node)"
    )
    over_ssh.add_argument("--name", metavar="NAME", help="the node's name (its host's name)")
    over_ssh.add_argument(
        "--ask-code",
        action="store_true",
        help="read the join code from standard input, instead of making one at the Gateway",
    )
    over_ssh.add_argument(
        "--gateway-url", metavar="URL", help="the Gateway's address for the machine"
    )
    over_ssh.add_argument(
        "--node-config", type=Path, metavar="FILE", help="the config.yaml for the machine"
    )
    over_ssh.add_argument(
        "--with-token", action="store_true", help="give it the Gateway's shared token too"
    )
    over_ssh.add_argument(
        "--service", choices=("system", "user", "none"), help="the kind of unit (the best one)"
    )


def add_nodes_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="as JSON; with --watch a line a change")
    parser.add_argument("--watch", action="store_true", help="go on, and show what changes")
    parser.add_argument(
        "--read-only",
        action="store_true",
        help="ask for operator.read alone: the list, without GPUs, rooms, jobs and alerts",
    )


def add_database_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("check", "upgrade", "export", "backup", "restore"))
    parser.add_argument(
        "--member", type=int, metavar="ID", help="the member's id on Discord, for export"
    )
    parser.add_argument(
        "--file", type=Path, metavar="FILE", help="the copy that backup makes, or restore takes"
    )


def add_speakable_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="the text (without: standard input)"
    )
    parser.add_argument(
        "--stream", type=_count, default=0, metavar="N", help="feed it N characters at a time"
    )
    parser.add_argument("--language", metavar="CODE", help="the language of it, such as en or de")


def add_speak_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", metavar="TEXT", help="the text, or - for standard input")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help="the WAV file to write"
    )
    parser.add_argument(
        "--voice", default="jarvis", metavar="ID", help="such as sage, kokoro:af_heart, espeak:de"
    )
    parser.add_argument(
        "--speed", type=_speed, default=1.0, metavar="X", help="0.25 to 4 times the usual pace"
    )


def add_transcribe_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="audio, any format")
    parser.add_argument("--json", action="store_true", help="a JSON object for each file")
    parser.add_argument("--language", metavar="CODE", help="the language spoken, such as en or de")
    parser.add_argument(
        "--names", metavar="NAMES", default="", help="names that may be said, such as Jarvis,Sage"
    )


def add_serve_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--ray",
        action="store_true",
        help="serve from several processes by Ray Serve, here or on the cluster of RAY_ADDRESS",
    )
    commands = parser.add_subparsers(metavar="keys", title="keys of its clients")
    keys = commands.add_parser(
        "keys",
        help="keys add NAME, keys list, keys remove NAME",
        description="Make, list and remove the keys with which clients use the speech server.",
        allow_abbrev=False,
    )
    keys.add_argument("keys", choices=("add", "list", "remove"))
    keys.add_argument("name", nargs="?", metavar="NAME", help="whose key it is, such as laptop")
    parser.set_defaults(keys=None)


def add_replay_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="a recording for each person, all started at once; or a folder of cases",
    )
    parser.add_argument(
        "--agents", type=_names, default=(), metavar="NAMES", help="such as jarvis,sage"
    )
    parser.add_argument("--answer", metavar="TEXT", help="what the agents answer")
    parser.add_argument(
        "--answer-after",
        type=_seconds,
        default=0.0,
        metavar="SECONDS",
        help="how long the agents take to answer, 0 to 3599; the replay waits for them",
    )
    parser.add_argument(
        "--gateway", action="store_true", help="ask the agents of the settings, in real time"
    )
    parser.add_argument(
        "--json", action="store_true", help="one JSON object a line: an event, or a case"
    )


def add_talk_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--name", default="Console", metavar="NAME", help="your name, as the agents are told"
    )
    parser.add_argument("--agent", default="", metavar="NAME", help="who answers, such as sage")
    parser.add_argument("--no-sound", action="store_true", help="type and read only")
    parser.add_argument("--no-microphone", action="store_true", help="type, and hear the answers")


class PrintVersion(argparse.Action):
    """Prints the version and ends; reads it only if the option is given."""

    def __init__(self, option_strings: Sequence[str], dest: str, **options: Any) -> None:
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, **options)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from version import project_version

        sys.stdout.write(f"openclaw-voice {project_version()}\n")
        parser.exit()


def _speed(text: str) -> float:
    """A factor of the usual pace, 0.25 to 4."""
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0.25 <= speed <= 4:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0.25 to 4")
    return speed


def _count(text: str) -> int:
    """A number of characters, from 1."""
    number = int(text) if text.isascii() and text.isdigit() else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1")
    return number


def _names(text: str) -> tuple[str, ...]:
    """Names with commas between them, at least one."""
    names = tuple(name for part in text.split(",") if (name := part.strip()))
    if not names:
        raise argparse.ArgumentTypeError(f"{text!r} has no name")
    return names


def _seconds(text: str) -> float:
    """A number of seconds, from 0."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 3600:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to 3599")
    return seconds


def add_control_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "kind",
        nargs="?",
        default="serve",
        choices=("serve", "bots", "operators", "readers", "keys"),
        help="serve (default), or what to keep",
    )
    parser.add_argument(
        "action",
        nargs="?",
        default="list",
        choices=("list", "add", "remove", "token", "new", "rotate"),
        help="bots: list, add ID, remove ID, token ID; operators, and readers, who change nothing: "
        "list, add NAME, remove NAME; keys: new, rotate",
    )
    parser.add_argument("name", nargs="?", default="", metavar="NAME", help="the id or the name")


def add_reconcile_options(parser: argparse.ArgumentParser) -> None:
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
