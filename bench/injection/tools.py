"""Attempts by the names of Discord in what the node's tools return to an agent."""

from __future__ import annotations

from collections.abc import Sequence

from bench.injection.attempts import ToolAttempt
from bench.injection.checks import GUILD, wrong_texts
from bench.injection.rooms import AttemptResult
from openclaw_client.errors import CommandError
from openclaw_client.node.commands import CommandCall, NodeCommands
from openclaw_client.node.rooms import Guild, Person, Room, SayRequest, SpeechResult
from openclaw_client.node.voice_commands import VoiceCommands

_CALL = CommandCall(f"agent:jarvis:discord:dm:1:guild:{GUILD}", 5.0)


class NamedRooms:
    """An `openclaw_client.VoiceRooms` with one call, whose names come from an attempt."""

    def __init__(self, field: str, text: str) -> None:
        def name(of: str, usual: str) -> str:
            return text if field in (of, "error" if of == "guild" else of) else usual

        self._lines = [text] if field == "line" else []
        self._room = Room(
            guild=Guild(GUILD, name("guild", "Home")),
            channel_id=2,
            channel=name("channel", "Room"),
            text_channel_id=3,
            people=(Person(1, "Ann"), Person(2, name("person", "Ben"))),
            agent="jarvis",
            sensitivity="medium",
            answering=None,
            waiting=0,
            questions=0,
            early=0,
            withdrawn=0,
        )

    def guilds(self) -> Sequence[Guild]:
        return [self._room.guild]

    def rooms(self) -> Sequence[Room]:
        return [self._room]

    def agents(self) -> Sequence[str]:
        return ["jarvis"]

    def guild_of_channel(self, channel_id: int) -> int | None:
        return None

    def transcript(self, guild_id: int, lines: int) -> Sequence[str]:
        return self._lines

    async def say(self, guild_id: int, words: SayRequest, within_s: float) -> SpeechResult:
        raise NotImplementedError

    async def join(
        self, guild_id: int, channel: str | None, person_id: int | None, *, entitled: bool = False
    ) -> Room:
        raise NotImplementedError

    async def leave(
        self, guild_id: int, person_id: int | None = None, *, entitled: bool = False
    ) -> bool:
        raise NotImplementedError

    async def notify(
        self, guild_ids: Sequence[int], person: str, text: str, *, spoken_by: str | None
    ) -> Person:
        raise NotImplementedError


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
