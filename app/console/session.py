"""One person at the console, in a room of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, get_args

from app.console.sound import ConsoleLoudspeaker, ConsoleMicrophone
from app.console.transcript import ConsoleTranscript
from pipeline.settings import Level
from web.errors import TalkRefused
from web.talk.microphone import PageMicrophone
from web.talk.rooms import TalkRooms

ROOM: Final = "console"
_KEY: Final = "the console"
HELP: Final = """\
Type to the agent, or speak. Commands:
  /agent NAME         another agent answers; without a name: the agents
  /sensitivity LEVEL  how readily it answers: low, medium or high
  /why                why the last turn was answered or not
  /stop               end the answer
  /mute               close or open the microphone
  /quit               leave (so does Ctrl-D)"""


class ConsoleSession:
    """The room of the console, its transcript and its sound.

    Raises:
        TalkRefused: the name cannot be used.
    """

    def __init__(
        self,
        rooms: TalkRooms,
        name: str,
        write: Callable[[str], None],
        clock: Callable[[], float],
    ) -> None:
        self._rooms = rooms
        self._write = write
        self._clock = clock
        self._room, self._visitor = rooms.enter(ROOM, name, _KEY)
        self._transcript = ConsoleTranscript(write)
        self.microphone: ConsoleMicrophone | None = None
        self.loudspeaker: ConsoleLoudspeaker | None = None
        self._heard: PageMicrophone | None = None

    @property
    def agent(self) -> str:
        """The name of the agent that answers."""
        return self._room.conversation.persona.name

    @property
    def busy(self) -> bool:
        """Whether something is being answered, or waits to be."""
        conversation = self._room.conversation
        return conversation.answering is not None or conversation.waiting > 0

    async def show(self) -> None:
        """Print and play what comes, until cancelled."""
        while True:
            message = await self._visitor.outbox.next()
            if isinstance(message, str):
                self._transcript.take(message)
            elif self.loudspeaker is not None:
                self.loudspeaker.play(message)

    def hear(self, block: bytes) -> None:
        """Take a block of the microphone."""
        if self.microphone is None:
            return
        if self._heard is None:
            self._heard = PageMicrophone(self.microphone.rate)
        pcm = self._heard.take(block, self._clock())
        if pcm is not None:
            self._room.hear(self._visitor, pcm)

    def take(self, line: str) -> bool:
        """Carry out a line that was typed; False if it ends the session."""
        words = line.strip()
        if not words.startswith("/"):
            if words:
                self._transcript.typed(words)
                self._room.say(self._visitor, words)
            return True
        command, _, argument = words.partition(" ")
        match command:
            case "/quit" | "/exit":
                return False
            case "/agent":
                self._choose_agent(argument.strip())
            case "/sensitivity":
                self._choose_level(argument.strip())
            case "/why":
                reasons = self._transcript.why or ["nothing was said yet"]
                self._write("".join(f"  - {reason}\n" for reason in reasons).rstrip())
            case "/stop":
                self._room.stop(self._visitor)
            case "/mute":
                self._mute()
            case _:
                self._write(HELP)
        return True

    def _choose_agent(self, wanted: str) -> None:
        agents = self._rooms.agents()
        found = [
            each.agent
            for each in agents
            if wanted.casefold() in (each.agent.casefold(), each.name.casefold())
        ]
        if not wanted or not found:
            self._write(f"  agents: {', '.join(each.name for each in agents)}")
            return
        try:
            self._room.use_agent(found[0])
        except TalkRefused as refused:
            self._write(f"  {refused}")

    def _choose_level(self, wanted: str) -> None:
        levels: tuple[Level, ...] = get_args(Level)
        level = next((each for each in levels if each == wanted.lower()), None)
        if level is None:
            now = self._room.conversation.sensitivity
            self._write(f"  it is {now}; there are: {', '.join(levels)}")
            return
        self._room.use_sensitivity(level)
        self._write(f"  sensitivity is {level}")

    def _mute(self) -> None:
        if self.microphone is None:
            self._write("  there is no microphone")
            return
        self.microphone.muted = not self.microphone.muted
        if self.microphone.muted:
            self._room.released(self._visitor)
        self._write("  the microphone is closed" if self.microphone.muted else "  speak")

    def close(self) -> None:
        for each in (self.microphone, self.loudspeaker):
            if each is not None:
                each.close()
        self._rooms.leave(self._room, self._visitor)
