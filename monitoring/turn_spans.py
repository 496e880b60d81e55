"""What a turn's trace has: spans with their true times, from the events of a room.

    turn        from the first sound of the speaker to the end of the reply
      speech        until the speaker's last sample
      endpoint      until it was certain that the turn is over
      stt           from the pause to the words
      decision      until it was decided for whom the words are
      queue         until the agent was asked
      agent         until the agent's first text
      sentence      until the first sentence was whole
      tts           until the first byte of its speech
      hold          until the answer of an early question may sound
      playback      until the end of the reply

Pure: no exporter, no clock but the room's. Spans may overlap, because early work runs beside the
stages that it overtakes. No attribute holds a word that was said.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from pipeline.addressee.reason_class import reason_class
from pipeline.events import (
    ReplyBegan,
    ReplyDeclined,
    ReplyEnded,
    ReplyFailed,
    RoomEvent,
    SpeechBegan,
    SpeechEnded,
    TurnDecided,
    TurnExtended,
    TurnRejected,
    Unspoken,
)
from pipeline.latency import Mark, TurnLatency
from pipeline.ports import Speaker

Attributes: TypeAlias = Mapping[str, str | int | float | bool]

MOST_WAITING: Final = 8
"""Turns of one speaker that wait for their reply; the oldest ends without one."""
PATIENCE_S: Final = 180.0
"""After this a turn without a reply ends."""

_STAGES: Final[tuple[tuple[str, tuple[Mark, ...], Mark], ...]] = (
    ("endpoint", ("speech_end",), "turn_decided"),
    ("stt", ("pause_seen",), "transcribed"),
    ("decision", ("turn_decided", "transcribed"), "judged"),
    ("queue", ("judged",), "agent_asked"),
    ("agent", ("agent_asked",), "first_delta"),
    ("sentence", ("first_delta",), "first_sentence"),
    ("tts", ("first_sentence",), "tts_first_byte"),
    ("hold", ("tts_first_byte",), "confirmed"),
)
"""A stage, the marks of which the latest begins it, and the mark that ends it."""


@dataclass(frozen=True, slots=True)
class TimedSpan:
    """One span; the times are seconds on the room's clock."""

    name: str
    began: float
    ended: float
    attributes: Attributes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TurnTrace:
    """The span of a turn and those of its stages."""

    turn: TimedSpan
    stages: tuple[TimedSpan, ...]


@dataclass(slots=True)
class _OpenTurn:
    speaker: int
    began: float
    ended: float
    """The latest event of the turn."""
    over: bool = False
    """The speech of it has ended; its words are awaited."""
    attributes: dict[str, str | int | float | bool] = field(default_factory=dict)
    latency: TurnLatency | None = None
    first_frame: float | None = None


class TurnSpans:
    """The turns of one room. `observe` returns the traces that an event completes."""

    def __init__(self) -> None:
        self._speaking: dict[int, deque[_OpenTurn]] = {}
        """Turns without a decision, by speaker, the oldest first."""
        self._waiting: dict[int, deque[_OpenTurn]] = {}
        self._sounding: _OpenTurn | None = None

    def observe(self, event: RoomEvent) -> list[TurnTrace]:
        """Take one event; the traces of turns that are over come back."""
        match event:
            case SpeechBegan(speaker, at):
                self._begins(speaker.id, at)
                return list(self._overdue(at))
            case SpeechEnded(speaker, at=at):
                if turns := self._speaking.get(speaker.id):
                    turns[-1].ended, turns[-1].over = at, True
                return []
            case TurnRejected(speaker, _, at):
                turn = self._taken(speaker.id, at)
                return [_trace(turn, at, "no_words")]
            case TurnDecided():
                return self._decided(event)
            case _:
                return self._replied(event)

    def _decided(self, event: TurnDecided) -> list[TurnTrace]:
        turn = self._taken(event.speaker.id, event.at)
        reason = reason_class(event.reasons)
        turn.attributes["reason"] = reason
        if event.score is not None:
            turn.attributes["score"] = round(event.score, 3)
        if not event.addressed:
            return [_trace(turn, event.at, "left_alone")]
        if reason == "command":
            return [_trace(turn, event.at, "command")]
        waiting = self._waiting.setdefault(turn.speaker, deque())
        waiting.append(turn)
        return [
            _trace(waiting.popleft(), event.at, "unanswered")
            for _ in range(len(waiting) - MOST_WAITING)
        ]

    def _replied(self, event: RoomEvent) -> list[TurnTrace]:
        match event:
            case TurnExtended(speaker=speaker, at=at):
                # The words join an earlier turn, which is asked again as one with this.
                waiting = self._waiting.get(speaker.id, deque())
                joined = [waiting.popleft() for _ in range(len(waiting) - 1)]
                return [_trace(turn, at, "extended") for turn in joined]
            case ReplyBegan(agent, speaker, latency, at):
                self._sounds(agent, speaker.id, latency, at)
                return []
            case ReplyEnded(_, speaker, _, _, interrupted, at):
                turn, self._sounding = self._sounding, None
                if turn is None or turn.speaker != speaker.id:
                    return []
                return [_trace(turn, at, "interrupted" if interrupted else "answered")]
            case ReplyFailed(speaker=speaker, at=at):
                return self._unheard(speaker.id, at, "failed")
            case Unspoken(at=at, speaker=Speaker() as speaker):
                return self._unheard(speaker.id, at, "unspoken")
            case ReplyDeclined(speaker=speaker, at=at):
                return self._unheard(speaker.id, at, "declined")
            case _:
                return []

    def _begins(self, speaker: int, at: float) -> None:
        turns = self._speaking.setdefault(speaker, deque(maxlen=MOST_WAITING))
        if turns and not turns[-1].over:
            turns.pop()  # its speaker left in the middle of it
        turns.append(_OpenTurn(speaker, at, at))

    def _taken(self, speaker: int, at: float) -> _OpenTurn:
        turns = self._speaking.get(speaker)
        turn = turns.popleft() if turns else _OpenTurn(speaker, at, at)
        if not turns:
            self._speaking.pop(speaker, None)
        return turn

    def _sounds(self, agent: str, speaker: int, latency: TurnLatency, at: float) -> None:
        ended = latency.at("speech_end")
        if ended is None:
            return  # an announcement: it answers no turn
        waiting = self._waiting.get(speaker, deque())
        turn = waiting.popleft() if waiting else _OpenTurn(speaker, ended, ended)
        turn.began = min(turn.began, ended)
        turn.latency, turn.first_frame = latency, at
        turn.attributes["agent"] = agent
        self._sounding = turn

    def _unheard(self, speaker: int, at: float, outcome: str) -> list[TurnTrace]:
        if self._sounding is not None and self._sounding.speaker == speaker:
            self._sounding.attributes[outcome] = True
            return []
        waiting = self._waiting.get(speaker, deque())
        return [_trace(waiting.popleft(), at, outcome)] if waiting else []

    def _overdue(self, now: float) -> Iterator[TurnTrace]:
        for speaker, waiting in list(self._waiting.items()):
            while waiting and now - waiting[0].ended > PATIENCE_S:
                turn = waiting.popleft()
                yield _trace(turn, turn.ended, "unanswered")
            if not waiting:
                del self._waiting[speaker]


def _trace(turn: _OpenTurn, at: float, outcome: str) -> TurnTrace:
    stages = () if turn.latency is None else tuple(_stages(turn, turn.latency, at))
    attributes: dict[str, str | int | float | bool] = {
        **turn.attributes, "speaker": str(turn.speaker), "outcome": outcome,
    }  # fmt: skip
    if turn.latency is not None:
        waits = turn.latency.stages_ms()
        attributes |= {f"waited.{stage}_ms": round(ms, 1) for stage, ms in waits.items()}
    return TurnTrace(TimedSpan("turn", turn.began, max(turn.began, at), attributes), stages)


def _stages(turn: _OpenTurn, latency: TurnLatency, at: float) -> Iterator[TimedSpan]:
    ended = latency.at("speech_end")
    if ended is not None and ended > turn.began:
        yield TimedSpan("speech", turn.began, ended)
    for name, begins, end in _STAGES:
        times = [begun for mark in begins if (begun := latency.at(mark)) is not None]
        until = latency.at(end)
        if times and until is not None:
            yield TimedSpan(name, min(max(times), until), until)
    if turn.first_frame is not None:
        yield TimedSpan("playback", turn.first_frame, at)
