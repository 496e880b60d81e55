"""A room that listens: what it would hear of an answer, and whether that was right.

The answers are stories whose every sentence says its own number and its story's. They go through
the very `Reply` that speaks in a call, with a voice and a loudspeaker that take no time, so what is
counted is what people would have heard: not what any part of the client believes.
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
    """An answer that nobody else gives, none of whose sentences comes twice."""
    return " ".join(
        f"This is chapter kabo{chapter} of story lumi{number}." for chapter in range(chapters)
    )


class AnswerResult(StrEnum):
    """What became of a question."""

    ANSWERED = "answered"
    """Every sentence was spoken once, in order, and nothing was apologised for."""
    TOLD = "told"
    """The speaker was told in words that there is no answer, or no more of it."""
    LOST = "lost"
    """Neither: silence, or a piece is missing from the middle."""
    TWICE = "twice"
    """Something was spoken again, out of order, or to the wrong question."""


def judge_answer(
    number: int, chapters: int, spoken: Sequence[str], *, apologised: bool
) -> AnswerResult:
    """Judge the sentences that a room heard in answer to the question of that number."""
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


class _Silence:
    """A voice without sound."""

    async def speak(self, text: str, voice: Voice) -> AsyncGenerator[Pcm16, None]:
        yield np.zeros(960, np.int16)


class _NoEars:
    """A loudspeaker and its playback, both at once finished."""

    first_sent_at: float | None = None
    played_ms = 0.0

    def open(self) -> _NoEars:
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
    """One question: when it was asked, what was heard of it until when (the loop's seconds)."""

    number: int
    result: AnswerResult
    spoken: tuple[str, ...]
    why: str
    """Why there was no answer; empty if there was one."""
    asked_at: float
    ended_at: float


async def ask(
    agent: Agent, turn: AgentTurn, number: int, chapters: int, *, patience_s: float
) -> CheckedAnswer:
    """Ask, and hear the answer out; one that has not ended after ``patience_s`` is lost."""
    clock = asyncio.get_running_loop().time
    reply = Reply(
        ReplyRequest(turn, Persona(turn.agent, turn.agent, Voice("silence")), agent, TurnLatency()),
        ReplyVoice(_Silence(), _NoEars()),
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
    """A turn that the stand-in models answer with ``story``, word by word (80 ms)."""
    return AgentTurn(agent, f"#first=300 #delay=80 #say: {story(number, chapters)}", speaker)
