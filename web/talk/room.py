"""One room of the talk page: the conversation of `pipeline`, the people in it, and their pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import numpy as np

from pipeline.audio import HEARD_FRAME, SPOKEN_RATE, Pcm16
from pipeline.decision_log import RecentDecisions
from pipeline.events import Observer, RoomEvent
from pipeline.orchestrator import PipelineOrchestrator
from pipeline.ports import Persona, Speaker
from pipeline.settings import Level
from web.errors import TalkRefused
from web.talk.journal import PageMessage, RoomJournal
from web.talk.opus import AudioForm, PageOpusEncoder
from web.talk.outbox import PageOutbox
from web.talk.people import person_id, room_id
from web.talk.player import PacedPlayer
from web.talk.typed import typed_turn

MakeConversation: TypeAlias = Callable[[int, PacedPlayer, Observer], PipelineOrchestrator]
"""Creates a room's conversation from its id, the player of its replies and an observer."""
Explained: TypeAlias = Callable[[Sequence[str]], list[str]]
_NAMESAKES: Final = 20


class AudioForms(NamedTuple):
    """What was agreed with a page: how it sends its audio, and how it gets that of the room."""

    sends: AudioForm
    hears: AudioForm


PCM: Final = AudioForms("pcm", "pcm")


class Visitor:
    """A person in a room, with the messages for their page."""

    def __init__(self, speaker: Speaker, key: str, audio: AudioForms = PCM) -> None:
        self.speaker = speaker
        self.audio = audio
        self.key = key
        """Made by the page: who comes back with it takes their own place."""
        self.outbox = PageOutbox()
        self.replaced = False
        """The same page came back on another connection."""


class TalkRoom:
    """One room. ``agents`` returns the agents to choose from; ``clock`` is the conversation's."""

    def __init__(
        self,
        name: str,
        make: MakeConversation,
        agents: Callable[[], Sequence[Persona]],
        explained: Explained,
        clock: Callable[[], float],
    ) -> None:
        self.name = name
        self.id = room_id(name)
        self.decisions = RecentDecisions()
        self.observers: list[Observer] = []
        self._agents = agents
        self._clock = clock
        self._visitors: dict[int, Visitor] = {}
        self._player = PacedPlayer(self._send_audio)
        self._encoder: PageOpusEncoder | None = None
        """Encodes once for all pages that get Opus; made for the first of them."""
        self._language = "en"
        self.conversation = make(self.id, self._player, self._observe)
        self.journal = RoomJournal(self._tell, self.conversation.name_of, explained)

    @property
    def visitors(self) -> list[Visitor]:
        return list(self._visitors.values())

    def start(self) -> None:
        self.conversation.start()

    async def aclose(self) -> None:
        for visitor in self.visitors:
            visitor.outbox.overflowed.set()
        await self.conversation.aclose()
        await self._player.aclose()

    # -- people -------------------------------------------------------------------------------

    def seat(self, name: str, key: str) -> tuple[Speaker, Visitor | None]:
        """Who a person of that name would be here, and their earlier visit if they come back.

        A second person of the same name is numbered.

        Raises:
            TalkRefused: there are too many people of that name.
        """
        for number in range(1, _NAMESAKES):
            shown = name if number == 1 else f"{name} {number}"
            speaker = Speaker(person_id(shown), shown)
            earlier = self._visitors.get(speaker.id)
            if earlier is None or earlier.key == key:
                return speaker, earlier
        raise TalkRefused(f"there are too many people called {name} in this room")

    def enter(self, name: str, key: str, audio: AudioForms = PCM) -> Visitor:
        """Let a person in. One whose key is known takes the place of their earlier connection.

        Raises:
            TalkRefused: there are too many people of that name.
        """
        speaker, earlier = self.seat(name, key)
        visitor = Visitor(speaker, key, audio)
        if earlier is not None:
            earlier.replaced = True
            earlier.outbox.overflowed.set()
        self._visitors[speaker.id] = visitor
        self.conversation.person_joined(speaker)
        self._put(visitor, self._welcome(visitor))
        self._tell_people()
        return visitor

    def leave(self, visitor: Visitor) -> None:
        """A page is gone. One that came back meanwhile stays."""
        if self._visitors.get(visitor.speaker.id) is visitor:
            del self._visitors[visitor.speaker.id]
            self.conversation.person_left(visitor.speaker.id)
            self._tell_people()

    # -- what people do -------------------------------------------------------------------------

    def hear(self, visitor: Visitor, pcm: Pcm16) -> None:
        """Take 16 kHz mono ``int16[n]``."""
        self.conversation.hear(visitor.speaker.id, pcm, self._clock())

    def released(self, visitor: Visitor) -> None:
        """The microphone was closed, as by the end of push-to-talk."""
        silence = np.zeros(HEARD_FRAME, np.int16)
        self.conversation.hear(visitor.speaker.id, silence, self._clock(), end_of_talk=True)

    def say(self, visitor: Visitor, text: str) -> None:
        """Take typed words as those of a turn."""
        turn = typed_turn(visitor.speaker, text, self._clock(), self._language)
        if turn is not None:
            self.conversation.on_final_transcript(turn)

    def stop(self, visitor: Visitor) -> None:
        """End the reply, as `/stop` does on Discord."""
        self.conversation.controls.stop(visitor.speaker.id)

    def use_agent(self, agent: str) -> None:
        """
        Raises:
            TalkRefused: there is no such agent.
        """
        persona = next((each for each in self._agents() if each.agent == agent), None)
        if persona is None:
            raise TalkRefused("there is no such agent")
        self.conversation.use_agent(persona)
        self._tell({"type": "agent", "agent": agent})

    def use_sensitivity(self, level: Level) -> None:
        self.conversation.sensitivity = level
        self._tell({"type": "sensitivity", "level": level})

    # -- messages ---------------------------------------------------------------------------------

    def _observe(self, event: RoomEvent) -> None:
        self.decisions.observe(event)
        self.journal.observe(event)
        for observer in self.observers:
            observer(event)

    def _welcome(self, visitor: Visitor) -> dict[str, Any]:
        return {
            "type": "entered",
            "you": visitor.speaker.id,
            "name": visitor.speaker.name,
            "room": self.name,
            "rate": SPOKEN_RATE,
            "sends": visitor.audio.sends,
            "hears": visitor.audio.hears,
            "agents": [{"id": each.agent, "name": each.name} for each in self._agents()],
            "agent": self.conversation.persona.agent,
            "level": self.conversation.sensitivity,
            "entries": self.journal.entries,
        }

    def _tell_people(self) -> None:
        people = [{"id": each.speaker.id, "name": each.speaker.name} for each in self.visitors]
        self._tell({"type": "people", "people": people})

    def _tell(self, message: PageMessage) -> None:
        text = json.dumps(message, ensure_ascii=False)
        for visitor in self._visitors.values():
            visitor.outbox.put(text)

    def _put(self, visitor: Visitor, message: PageMessage) -> None:
        visitor.outbox.put(json.dumps(message, ensure_ascii=False))

    def _send_audio(self, frame: bytes) -> None:
        packet: bytes | None = None
        for visitor in self._visitors.values():
            if visitor.audio.hears == "opus":
                packet = packet or self._encoded(frame)
                visitor.outbox.put(packet)
            else:
                visitor.outbox.put(frame)

    def _encoded(self, frame: bytes) -> bytes:
        if self._encoder is None:
            self._encoder = PageOpusEncoder()
        return self._encoder.encode(frame)
