"""/help: what each member can do."""

from __future__ import annotations

import re

import pytest

from testing.calls import Calls
from tests.discord_bot.commands.conftest import manage

pytestmark = pytest.mark.asyncio(loop_scope="module")


def named(text: str) -> list[str]:
    return re.findall(r"^`/([^`]+)` – ", text, re.MULTILINE)


async def test_a_member_reads_what_members_can_do(c: Calls) -> None:
    answer = await c.ask("help")
    assert answer.ephemeral
    assert answer.content.startswith("I bring Jarvis into voice calls.")
    assert {"join", "leave", "stop", "transcript me", "settings view"} <= {*named(answer.content)}
    assert "settings set" not in named(answer.content)


async def test_every_command_is_there_once_for_a_manager(c: Calls) -> None:
    await manage(c)
    shown = named((await c.ask("help")).content)
    await manage(c, may=False)
    every = [
        each.qualified_name for each in c.bot.tree.walk_commands() if not hasattr(each, "commands")
    ]
    assert sorted([*shown, "help"]) == sorted(every)


async def test_it_is_in_the_members_language(c: Calls) -> None:
    c.alice.locale = "de"
    try:
        answer = await c.ask("help")
    finally:
        c.alice.locale = "en-US"
    assert "Stop what the agent is saying" not in answer.content
    assert "`/stop` – " in answer.content


async def test_it_fits_in_one_message_for_a_manager_in_every_language(c: Calls) -> None:
    await manage(c)
    try:
        for locale in ("en-US", "de", "fr", "es-ES", "ja", "pt-BR"):
            c.alice.locale = locale
            asked = await c.alice.run("help", {}, channel=c.text)
            answer = await asked.answered()
            await c.settle()
            assert len(asked.responses) == 1, f"{locale}: more than one message"
            last = answer.content.splitlines()[-1]
            assert last.startswith("-# ")
            if locale == "en-US":
                assert "Ask the agent about this and Leave out of voice." in last
    finally:
        c.alice.locale = "en-US"
        await manage(c, may=False)
