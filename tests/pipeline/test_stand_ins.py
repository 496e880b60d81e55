"""What a room tells of a server of speech to text that fails."""

from __future__ import annotations

import pytest

from pipeline.events import HearingReplaced, TurnDecided
from pipeline.inference.speech_models import HearingInUse, SpeechModels
from pipeline.listening.audio_input import AudioInput
from testing.room import ANN, BEN, FakeModels, FakeRoom

pytestmark = pytest.mark.virtual_time

WHY = "the speech server does not answer"
SERVER, HERE = HearingInUse("http://box"), HearingInUse("Whisper base", WHY)


class ReplacedModels(FakeModels):
    """What transcribes is as the test says."""

    def __init__(self, audio_input: AudioInput) -> None:
        super().__init__(audio_input)
        self.now = SERVER
        self._hearing = lambda: self.now


class ReplacedRoom(FakeRoom):
    def __init__(self) -> None:
        super().__init__(models=self._made)

    def why(self) -> str | None:
        """Why the server does not transcribe, as /status tells it."""
        now = self.room.stand_ins.hearing
        return None if now is None else now.reason

    def _made(self, audio_input: AudioInput) -> SpeechModels:
        self.models = self.replaced = ReplacedModels(audio_input)
        return self.replaced

    async def turn(self, number: int) -> None:
        await self.say(ANN if number % 2 else BEN, "It rains in the north.")
        while len(self.all(TurnDecided)) < number:
            await self.until(TurnDecided, after=len(self.events))


async def test_the_trouble_is_reported_once_in_a_room_until_the_server_is_back() -> None:
    async with ReplacedRoom() as room:
        await room.turn(1)
        assert room.all(HearingReplaced) == []
        assert room.why() is None
        room.replaced.now = HERE
        await room.turn(2)
        await room.turn(3)
        (told,) = room.all(HearingReplaced)
        assert (told.reason, told.deaf) == (WHY, False)
        assert isinstance(room.events[room.events.index(told) + 1], TurnDecided)
        assert room.why() == WHY
        room.replaced.now = SERVER
        await room.turn(4)
        room.replaced.now = HERE
        await room.turn(5)
        assert len(room.all(HearingReplaced)) == 2, "it came back, and went again"


async def test_without_another_model_the_room_is_deaf() -> None:
    async with ReplacedRoom() as room:
        room.replaced.now = HearingInUse("", WHY)
        await room.turn(1)
        assert [each.deaf for each in room.all(HearingReplaced)] == [True]
