"""The commands about the bot: ``bot``, ``doctor``, ``database``, ``models``."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import Final

from app.cli.running import UNUSABLE, prepare, run_until_stopped, say_problem

NO_TOKEN: Final = """\
There is no Discord bot token, so the bot cannot log in. To get one:
  1. https://discord.com/developers/applications -> New Application -> Bot -> Reset Token: copy it.
  2. Put it into the file .env beside run.py (see .env.example):  DISCORD_BOT_TOKEN=...
  3. OAuth2 -> URL Generator: scopes bot and applications.commands; permissions View Channels,
     Send Messages, Attach Files, Connect, Speak. Open the URL it makes to invite the bot into
     your server.
`python run.py demo` needs no token and no account: it shows everything against simulators.
`make doctor` says what else is missing, and gives the finished link of step 3."""


def run_the_bot(arguments: argparse.Namespace, rest: list[str]) -> int:
    from app.fleet.starting_configuration import StartingConfiguration

    start = StartingConfiguration()
    settings = prepare(arguments, start.load)
    if settings.discord.token is None:
        print(NO_TOKEN, file=sys.stderr)
        return UNUSABLE
    from app.process import run_bot

    return run_until_stopped(start.until_restart(run_bot(settings, start=start)))


def doctor(arguments: argparse.Namespace, rest: list[str]) -> int:
    from app.doctor import examine
    from logs import printable_lines, set_up_logging

    # The findings are printed; the packages' own warnings would repeat them.
    set_up_logging(getattr(arguments, "log_level", "ERROR"))

    def say(text: object) -> None:
        print(printable_lines(str(text)))

    return asyncio.run(examine(getattr(arguments, "config", None), say=say))


def database(arguments: argparse.Namespace, rest: list[str]) -> int:
    settings = prepare(arguments)
    if arguments.action == "export" and arguments.member is None:
        say_problem("an export needs a member: --member ID")
        return UNUSABLE
    if arguments.action in ("backup", "restore") and arguments.file is None:
        say_problem(f"{arguments.action} needs a file: --file FILE")
        return UNUSABLE
    from app.database_cli import run_database

    return asyncio.run(run_database(settings, arguments.action, arguments.member, arguments.file))


def models(arguments: argparse.Namespace, rest: list[str]) -> int:
    settings = prepare(arguments)
    from app.needed_models import needed_models
    from models import cli
    from models.cli import PlainConsole
    from models.errors import UnknownModel
    from models.registry import MODELS, is_model
    from models.whisper import check_names

    action = {"list": cli.list_models, "fetch": cli.fetch_models, "verify": cli.verify_models}
    try:
        check_names(arguments.names)
    except UnknownModel as error:
        say_problem(error)
        return UNUSABLE
    names = arguments.names or needed_models(settings)
    if arguments.action == "list" and not arguments.names:
        # All that there are, though the settings need only some.
        names = [*(model.name for model in MODELS), *(name for name in names if not is_model(name))]
    return action[arguments.action](settings.models, names, PlainConsole())
