"""Attempts by the names of Discord in what the node's tools return to an agent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bench.injection.attempts import ToolAttempt
from bench.injection.checks import GUILD, wrong_texts
from bench.injection.rooms import AttemptResult
from openclaw_client.errors import CommandError
from openclaw_client.node.commands import CommandCall, NodeCommands
from openclaw_client.node.rooms import Guild, Person
from openclaw_client.node.voice_commands import VoiceCommands
from testing.fake_rooms import FakeRooms, room

_CALL = CommandCall(f"agent:jarvis:discord:dm:1:guild:{GUILD}", 5.0)


class NamedRooms(FakeRooms):
    """One call, whose names or lines come from an attempt."""

    def __init__(self, field: str, text: str) -> None:
        def name(of: str, usual: str) -> str:
            return text if field in (of, "error" if of == "guild" else of) else usual

        guild = Guild(GUILD, name("guild", "Home"))
        people = Person(1, "Ann"), Person(2, name("person", "Ben"))
        named = replace(room(guild, *people), channel=name("channel", "Room"))
        super().__init__(named, guilds=[guild])
        self._lines = [text] if field == "line" else []

    def transcript(self, guild_id: int, lines: int) -> Sequence[str]:
        return self._lines


async def tool_result(attempt: ToolAttempt) -> AttemptResult:
    """Have an agent read it."""
    rooms = NamedRooms(attempt.field, attempt.text)
    every = VoiceCommands(rooms, {GUILD}).all()
    commands = NodeCommands(every, [each.name for each in every])
    names: list[str] = []
    lines: list[str] = []
    if attempt.field == "line":
        answer = await commands.execute("voice.transcript", None, _CALL)
        lines = answer["lines"]
    elif attempt.field == "error":
        try:
            await commands.execute("voice.status", '{"guild": "elsewhere"}', _CALL)
        except CommandError as error:
            lines = [str(error)]
    else:
        answer = await commands.execute("voice.status", None, _CALL)
        (call,) = answer["calls"]
        names = [call["guild"], call["channel"], *(each["name"] for each in call["people"])]
    wrong = wrong_texts(names, lines)
    if not names and not lines:
        wrong.append("nothing was returned")
    return AttemptResult(
        attempt.title, False, (f"{attempt.field} of the tool's result (1)",), tuple(wrong)
    )
