"""The command line: the bot, the demo and the tools.

Each command imports what it needs, so that ``--help`` is instant.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from app.command_options import (
    PrintVersion,
    add_database_options,
    add_models_options,
    add_node_options,
    add_nodes_options,
    add_replay_options,
    add_serve_options,
    add_speak_options,
    add_speakable_options,
    add_talk_options,
    add_transcribe_options,
    common_options,
)
from app.control_options import add_control_commands
from configuration.errors import SettingsError

if TYPE_CHECKING:
    from settings import Settings

Command: TypeAlias = Callable[[argparse.Namespace, list[str]], int]
"""Takes the parsed arguments and the unknown ones; returns the exit status."""

INTERRUPTED: Final = 130
"""Exit status of a command that Ctrl-C interrupted."""
NO_READER: Final = 141
"""Exit status when the reader of the output has closed the pipe: the shell's for SIGPIPE."""
FAILED: Final = 1
"""Exit status when something that a command needs is missing or fails; the text says what."""
UNUSABLE: Final = 2
"""Exit status when the command line or the settings are wrong."""

NO_TOKEN: Final = """\
There is no Discord bot token, so the bot cannot log in. To get one:
  1. https://discord.com/developers/applications -> New Application -> Bot -> Reset Token: copy it.
  2. Put it into the file .env beside run.py (see .env.example):  DISCORD_BOT_TOKEN=...
  3. OAuth2 -> URL Generator: scopes bot and applications.commands; permissions View Channels,
     Send Messages, Attach Files, Connect, Speak. Open the URL it makes to invite the bot into
     your server.
`python run.py demo` needs no token and no account: it shows everything against simulators.
`make doctor` says what else is missing, and gives the finished link of step 3."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; the return value is the process's exit status."""
    try:
        try:
            return _run(argv)
        finally:
            # A closed pipe fails here, where it is known for what it is.
            if sys.stdout is not None:
                sys.stdout.flush()
    except BrokenPipeError:
        return _reader_gone()


def _run(argv: Sequence[str] | None) -> int:
    parser = build_parser()
    arguments, rest = parser.parse_known_args(argv)
    if rest and not arguments.takes_rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
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
    except BrokenPipeError:
        raise
    except Exception as error:
        from app.user_errors import user_errors

        if not isinstance(error, user_errors()):
            raise
        from logs import printable_lines

        # Quoted text may have several lines, which must not look like ours.
        print(printable_lines(f"run.py: {error}").replace("\n", "\n  "), file=sys.stderr)
        return FAILED


def _reader_gone() -> int:
    """The reader closed the pipe, as ``head`` does: end without a message."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except BrokenPipeError:
            # Python flushes again at its end, and would print an error.
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
    return NO_READER


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
    parser.set_defaults(run=_bot, takes_rest=False)
    commands = parser.add_subparsers(metavar="COMMAND", title="commands")

    def add(name: str, run: Command, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(
            name, help=text, description=text, parents=[common], allow_abbrev=False
        )
        command.set_defaults(run=run)
        return command

    add("bot", _bot, "run the bot (the same as without a command)")
    # The demo parses its own arguments, --help too.
    commands.add_parser(
        "demo", help="a whole conversation on this machine, without accounts", add_help=False
    ).set_defaults(run=_demo, takes_rest=True)
    add("doctor", _doctor, "check this machine and the settings, and say what to do")
    add_models_options(add("models", _models, "list, fetch or verify the models"))
    add_database_options(
        add("database", _database, "check, upgrade, copy or restore the database; export a member")
    )
    add_speakable_options(
        add("speakable", _speakable, "show how a text would be spoken, and what posted")
    )
    add_speak_options(
        add("speak", _speak, "write a text as a WAV file, spoken by the embedded voice")
    )
    add_transcribe_options(add("transcribe", _transcribe, "print what is said in audio files"))
    add_serve_options(add("serve", _serve, "run the speech server alone, or keep its keys"))
    add_node_options(
        add("node", _node, "run this machine as a node of the Gateway, without Discord")
    )
    add_nodes_options(add("nodes", _nodes, "show all bots, GPU boxes and other nodes"))
    add_talk_options(add("talk", _talk, "talk with the agents at this terminal, without Discord"))
    add_control_commands(add, _prepare, run_until_stopped)
    add_replay_options(
        add("replay", _replay, "play recordings to a room, and show what the bot does")
    )
    return parser


def _bot(arguments: argparse.Namespace, rest: list[str]) -> int:
    from app.starting_configuration import StartingConfiguration

    start = StartingConfiguration()
    settings = _prepare(arguments, start.load)
    if settings.discord.token is None:
        print(NO_TOKEN, file=sys.stderr)
        return UNUSABLE
    from app.process import run_bot

    return run_until_stopped(start.until_restart(run_bot(settings, start=start)))


def _demo(arguments: argparse.Namespace, rest: list[str]) -> int:
    from demo.cli import main as demo

    config = getattr(arguments, "config", None)
    return demo(rest if config is None else ["--config", str(config), *rest])


def _doctor(arguments: argparse.Namespace, rest: list[str]) -> int:
    from app.doctor import examine
    from logs import printable_lines, set_up_logging

    # The findings are printed; the packages' own warnings would repeat them.
    set_up_logging(getattr(arguments, "log_level", "ERROR"))

    def say(text: object) -> None:
        print(printable_lines(str(text)))

    return asyncio.run(examine(getattr(arguments, "config", None), say=say))


def _database(arguments: argparse.Namespace, rest: list[str]) -> int:
    settings = _prepare(arguments)
    if arguments.action == "export" and arguments.member is None:
        print("run.py: an export needs a member: --member ID", file=sys.stderr)
        return UNUSABLE
    if arguments.action in ("backup", "restore") and arguments.file is None:
        print(f"run.py: {arguments.action} needs a file: --file FILE", file=sys.stderr)
        return UNUSABLE
    from app.database_cli import run_database

    return asyncio.run(run_database(settings, arguments.action, arguments.member, arguments.file))


def _models(arguments: argparse.Namespace, rest: list[str]) -> int:
    settings = _prepare(arguments)
    from app.needed_models import needed_models
    from models import cli
    from models.cli import PlainConsole

    action = {"list": cli.list_models, "fetch": cli.fetch_models, "verify": cli.verify_models}
    names = arguments.names or needed_models(settings)
    return action[arguments.action](settings.models, names, PlainConsole())


def _speakable(arguments: argparse.Namespace, rest: list[str]) -> int:
    settings = _prepare(arguments)
    from app.speakable import UnreadableText, speakable

    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        speakable(
            arguments.file,
            sys.stdout,
            settings.pipeline.speech_text,
            language=arguments.language,
            stream=arguments.stream,
        )
    except UnreadableText as error:
        print(f"run.py: {error}", file=sys.stderr)
        return UNUSABLE
    return 0


def _speak(arguments: argparse.Namespace, rest: list[str]) -> int:
    settings = _prepare(arguments)
    from app.speak import UnusableText, speak

    try:
        written = speak(
            arguments.text,
            arguments.output,
            settings.server,
            settings.models,
            voice=arguments.voice,
            speed=arguments.speed,
        )
    except UnusableText as error:
        print(f"run.py: {error}", file=sys.stderr)
        return UNUSABLE
    print(written)
    return 0


def _transcribe(arguments: argparse.Namespace, rest: list[str]) -> int:
    settings = _prepare(arguments)
    from app.audio_file import UnreadableAudio
    from app.transcription import transcribe_files
    from pipeline.errors import WordsUnavailable

    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        transcribe_files(
            arguments.files,
            sys.stdout,
            settings,
            language=arguments.language,
            names=[name.strip() for name in arguments.names.split(",") if name.strip()],
            as_json=arguments.json,
        )
    except (UnreadableAudio, WordsUnavailable) as error:
        print(f"run.py: {error}", file=sys.stderr)
        return UNUSABLE
    return 0


def _serve(arguments: argparse.Namespace, rest: list[str]) -> int:
    settings = _prepare(arguments)
    from app.speech_keys import key_file, run_keys

    if arguments.keys is not None:
        if arguments.keys != "list" and arguments.name is None:
            print(f"run.py: keys {arguments.keys} needs a NAME", file=sys.stderr)
            return UNUSABLE
        run_keys(settings, arguments.keys, arguments.name, sys.stdout)
        return 0
    from functools import partial

    from monitoring.http_metrics import instrument
    from monitoring.process_metrics import new_registry
    from server.engines.choice import open_voices
    from server.runner import serve
    from server.transcription.listening_models import open_listening

    make_engine = partial(open_voices, settings.server, settings.models, stock=())
    listening = settings.server.transcription
    make_listening = partial(open_listening, settings.pipeline, settings.models, listening)
    return run_until_stopped(
        serve(
            settings.server,
            make_engine,
            key_file(settings),
            make_listening if listening.enabled else None,
            partial(instrument, registry=new_registry(), token=settings.monitoring.token),
        )
    )


def _node(arguments: argparse.Namespace, rest: list[str]) -> int:
    from app.starting_configuration import StartingConfiguration

    start = StartingConfiguration()
    settings = _prepare(arguments, start.load if arguments.action == "run" else None)
    from app.node_cli import join_node, leave_node, node_status, run_node

    match arguments.action:
        case "bootstrap":
            from app.bootstrap import bootstrap_node

            return run_until_stopped(bootstrap_node(settings, arguments))
        case "join" if arguments.code == "-":
            return run_until_stopped(join_node(settings, sys.stdin.readline(10_000)))
        case "join" if not arguments.code:
            print("run.py: join needs the code, or its address: node join CODE", file=sys.stderr)
            return UNUSABLE
        case "join":
            return run_until_stopped(join_node(settings, arguments.code))
        case "leave":
            return run_until_stopped(leave_node(settings))
        case "status":
            return run_until_stopped(node_status(settings))
        case "jobs":
            from app.jobs import show_jobs

            return run_until_stopped(show_jobs(settings))
        case _:
            return run_until_stopped(start.until_restart(run_node(settings, start)))


def _nodes(arguments: argparse.Namespace, rest: list[str]) -> int:
    arguments.log_level = getattr(arguments, "log_level", "CRITICAL")
    from app.nodes_cli import print_nodes

    return run_until_stopped(print_nodes(_prepare(arguments), arguments))


def _talk(arguments: argparse.Namespace, rest: list[str]) -> int:
    # The conversation is on the same screen.
    arguments.log_level = getattr(arguments, "log_level", "WARNING")
    settings = _prepare(arguments)
    from app.console.cli import TalkOptions, run_console
    from web.errors import TalkRefused

    options = TalkOptions(
        name=arguments.name,
        agent=arguments.agent,
        sound=not arguments.no_sound,
        microphone=not arguments.no_microphone,
    )
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        return run_until_stopped(run_console(settings, options))
    except TalkRefused as error:
        print(f"run.py: {error}", file=sys.stderr)
        return UNUSABLE


def _replay(arguments: argparse.Namespace, rest: list[str]) -> int:
    settings = _prepare(arguments)
    from app.audio_file import UnreadableAudio
    from app.replay.cli import ReplayOptions, UnusableReplay, run_replay
    from app.replay.expectations import UnreadableCase

    options = ReplayOptions(
        paths=tuple(arguments.paths),
        agents=arguments.agents,
        answer=arguments.answer,
        answer_after_s=arguments.answer_after,
        gateway=arguments.gateway,
        json=arguments.json,
    )
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        return run_replay(settings, options, sys.stdout)
    except (UnusableReplay, UnreadableCase, UnreadableAudio) as error:
        print(f"run.py: {error}", file=sys.stderr)
        return UNUSABLE


def _check_variables_of_imports() -> None:
    """Check SSLKEYLOGFILE: aiohttp reads it while it is imported, before the settings are."""
    given = {name: value for name, value in os.environ.items() if name == "SSLKEYLOGFILE"}
    if given:
        from network.environment import problems

        if found := problems(given):
            raise SettingsError(found)


def _prepare(
    arguments: argparse.Namespace, load: Callable[..., Settings] | None = None
) -> Settings:
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


if __name__ == "__main__":
    sys.exit(main())
