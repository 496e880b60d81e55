"""One `Reply` between fakes, for tests of replies."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from pipeline.errors import SpeechUnavailable
from pipeline.latency import TurnLatency
from pipeline.ports import AgentTurn
from pipeline.settings import ReplySettings
from pipeline.speaking.reply import Reply, ReplyVoice
from pipeline.speaking.text_normalization import SentenceCutter
from pipeline.speaking.turn_queue import ReplyRequest
from pipeline.transcript import words_heard
from testing.room import ANN, JARVIS, FakeLoudspeaker
from tests.pipeline.speaking.scripts import FaultySynthesizer, ScriptedAgent

LETTER_MS = 60
"""Milliseconds of audio that the fake voice produces for a letter."""
TURN = AgentTurn("jarvis", "Jarvis, how are you?", ANN)
BROKEN = SpeechUnavailable("the speech server answered 500", "it reported an error")


@dataclass
class ReplyScene:
    """A reply between fakes; make it in a running loop."""

    agent: ScriptedAgent
    synthesizer: FaultySynthesizer = field(default_factory=FaultySynthesizer)
    settings: ReplySettings = field(
        default_factory=lambda: ReplySettings(
            one_moment_after_s=0, thinking_sound_after_s=0, offer_rest_after_s=0
        )
    )

    turn: AgentTurn = TURN

    def __post_init__(self) -> None:
        self.clock = asyncio.get_running_loop().time
        self.loudspeaker = FakeLoudspeaker(self.clock)
        self.announced: list[tuple[str, float]] = []
        self.began = self.clock()
        self.reply = Reply(
            ReplyRequest(self.turn, JARVIS, self.agent, TurnLatency()),
            ReplyVoice(self.synthesizer, self.loudspeaker),
            SentenceCutter(),
            self.settings,
            self.clock,
            on_sentence=lambda text: self.announced.append((text, self.clock() - self.began)),
        )

    @property
    def spoken(self) -> list[str]:
        return [text for _, text in self.synthesizer.spoken]

    @property
    def heard(self) -> str:
        """The words that listeners have heard so far."""
        playback = self.reply.playback
        played_ms = 0.0 if playback is None else playback.played_ms
        return words_heard(self.reply.outcome.sentences, played_ms)
