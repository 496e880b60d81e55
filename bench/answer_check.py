"""Checks what members would hear of an answer: complete, in order, and only once.

The answers are stories; each sentence names its number and its story's. They go through the real
`Reply`, with a voice and a loudspeaker that take no time. So the check sees what a call would play,
not what the client reports.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from pipeline.audio import Pcm16
from pipeline.latency import TurnLatency
from pipeline.ports import Agent, AgentTurn, Persona, Speaker, Voice
from pipeline.settings import ReplySettings
from pipeline.speaking.reply import Reply, ReplyVoice
from pipeline.speaking.text_normalization import SentenceCutter
from pipeline.speaking.turn_queue import ReplyRequest

_SENTENCE = re.compile(r"chapter kabo(\d+) of story lumi(\d+)")


def story(number: int, chapters: int) -> str:
    """A unique answer whose sentences all differ."""
    return " ".join(
        f"This is chapter kabo{chapter} of story lumi{number}." for chapter in range(chapters)
    )


class AnswerResult(StrEnum):
    """The result of a question."""

    ANSWERED = "answered"
    """Every sentence was spoken once, in order, without an apology."""
    TOLD = "told"
    """An apology told the speaker that the answer is missing or incomplete."""
    LOST = "lost"
    """Neither: there was no answer, or a gap in it."""
    TWICE = "twice"
    """A sentence was repeated, out of order, or of another answer."""


def judge_answer(
    number: int, chapters: int, spoken: Sequence[str], *, apologised: bool
) -> AnswerResult:
    """Judge the sentences that were spoken in answer to the question of that number."""
    marks = [
        (int(found[2]), int(found[1])) for text in spoken for found in _SENTENCE.finditer(text)
    ]
    heard = [chapter for _, chapter in marks]
    if any(story != number for story, _ in marks) or heard != sorted(set(heard)):
        return AnswerResult.TWICE
    if heard != list(range(len(heard))):
        return AnswerResult.LOST
    if apologised:
        return AnswerResult.TOLD
    return AnswerResult.ANSWERED if len(heard) == chapters else AnswerResult.LOST


class _SilentVoice:
    """A voice without sound."""

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        yield np.zeros(960, np.int16)


class _InstantLoudspeaker:
    """A loudspeaker whose playback finishes at once; it is its own playback."""

    first_sent_at: float | None = None
    played_ms = 0.0

    def open(self) -> _InstantLoudspeaker:
        return self

    def set_gain_db(self, gain_db: float) -> None: ...
    def feed(self, pcm: Pcm16) -> None: ...
    def end(self) -> None: ...
    def duck(self) -> None: ...
    def hold(self) -> None: ...
    def resume(self, rewind_ms: float = 0.0) -> None: ...
    def cut(self) -> None: ...
    def fill(self, loop: Pcm16 | None) -> None: ...
    async def wait_finished(self) -> None: ...


@dataclass(frozen=True, slots=True)
class CheckedAnswer:
    """One question and its answer; times are the loop's seconds."""

    number: int
    result: AnswerResult
    spoken: tuple[str, ...]
    why: str
    """Why the answer failed; empty if it did not."""
    asked_at: float
    ended_at: float


async def ask(
    agent: Agent, turn: AgentTurn, number: int, chapters: int, *, patience_s: float
) -> CheckedAnswer:
    """Ask, and check the answer; one that has not ended after ``patience_s`` is lost."""
    clock = asyncio.get_running_loop().time
    reply = Reply(
        ReplyRequest(turn, Persona(turn.agent, turn.agent, Voice("silence")), agent, TurnLatency()),
        ReplyVoice(_SilentVoice(), _InstantLoudspeaker()),
        SentenceCutter(),
        ReplySettings(thinking_sound_after_s=0, offer_rest_after_s=0),
        clock,
    )
    asked_at, ended = clock(), True
    try:
        async with asyncio.timeout(patience_s):
            await reply.run()
    except TimeoutError:
        ended = False
    outcome = reply.outcome
    spoken = tuple(sentence.text for sentence in outcome.sentences)
    judged = judge_answer(number, chapters, spoken, apologised=bool(outcome.notice))
    if not ended and judged is not AnswerResult.TWICE:
        judged = AnswerResult.LOST
    why = str(outcome.failure) if outcome.failure is not None else ""
    return CheckedAnswer(number, judged, spoken, why if ended else "no end", asked_at, clock())


def question(agent: str, number: int, chapters: int, speaker: Speaker) -> AgentTurn:
    """A turn that the scripted models answer with ``story``, one word each 80 ms."""
    return AgentTurn(agent, f"#first=300 #delay=80 #say: {story(number, chapters)}", speaker)
