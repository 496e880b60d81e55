"""The context of an utterance: the state of the room, and the speaker's relation to the others.

`room_state` reads from the transcript who spoke to whom, and how long ago. `speaker_context`
derives what matters of it for an utterance of one speaker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final, Literal, TypeAlias

from pipeline.language.utterance import ParsedUtterance
from pipeline.ports import Speaker
from pipeline.settings import RelevanceSettings
from pipeline.transcript import Speech, SpokenReply, Transcript

Toward: TypeAlias = Literal["agent", "person", "room"]
Talk: TypeAlias = Literal["none", "room", "between people"]

_TALK_LINES: Final = 8
"""The recent utterances of people that a `RoomState` keeps."""
_TALK_S: Final = 12.0
"""After people spoke to each other, an utterance within this time is likely part of that talk."""
_ANSWER_S: Final = 6.0
"""Within this time an utterance may answer the question of another person."""
_CALL_S: Final = 30.0
"""The longest gap between two utterances of one telephone call."""
_READING_S: Final = 12.0
"""The longest gap between two utterances of one text that is read aloud."""


@dataclass(frozen=True, slots=True)
class LastSpeech:
    """An utterance of a person. ``ago_s`` counts from its end."""

    utterance: ParsedUtterance
    toward: Toward
    ago_s: float

    @property
    def speaker_id(self) -> int:
        return self.utterance.speaker_id


@dataclass(frozen=True, slots=True)
class LastReply:
    """The agent's last reply, and whom it answered. ``ago_s`` counts from its end."""

    to_id: int
    ago_s: float
    asks: bool = False
    """It ended in a question."""
    playing: bool = False
    """It is still being spoken; ``ago_s`` is 0 then."""
    asked_ago_s: float = 0.0
    """While it is being spoken: how long ago it was asked for."""


@dataclass(frozen=True, slots=True)
class RoomState:
    """The people in the room and their recent talk, without the utterance to decide on."""

    people: tuple[Speaker, ...] = ()
    """The people present; whether the speaker is among them makes no difference."""
    talk: tuple[LastSpeech, ...] = ()
    """Recent utterances of people, the newest first."""
    last_reply: LastReply | None = None
    offered_to: int | None = None
    """The id of the speaker who was asked whether the agent shall continue."""

    @property
    def last_speech(self) -> LastSpeech | None:
        """The last utterance of a person, however long ago."""
        return self.talk[0] if self.talk else None

    @property
    def talk_since_reply(self) -> tuple[LastSpeech, ...]:
        """Utterances since the agent's last reply that were not for an agent, the newest first.

        While a reply is being spoken, those since it was asked for: people talk over it too.
        """
        reply = self.last_reply
        since_s = float("inf")
        if reply is not None:
            since_s = reply.asked_ago_s if reply.playing else reply.ago_s
        return tuple(
            speech for speech in self.talk if speech.toward != "agent" and speech.ago_s < since_s
        )


def room_state(
    transcript: Transcript,
    at: float,
    *,
    agents: Iterable[str] = (),
    people: Iterable[Speaker] = (),
    replying_to: Speaker | None = None,
    asked_at: float | None = None,
    offered_to: int | None = None,
    speaker_id: int | None = None,
) -> RoomState:
    """The room when an utterance of ``speaker_id`` began at ``at``, on the transcript's clock.

    What others have said in a turn that is not over yet counts, if that began before.
    ``agents`` are the ids of all that people may call. ``replying_to`` is the speaker whom the
    agent is answering, and who asked at ``asked_at``; ``offered_to`` was asked whether it shall
    continue.
    """
    ids = frozenset(agents)
    speeches = chain(
        transcript.unfinished_before(at, speaker_id),
        (line for line in reversed(transcript) if isinstance(line, Speech)),
    )
    reply = next((line for line in reversed(transcript) if isinstance(line, SpokenReply)), None)
    last_reply = None
    if replying_to is not None:
        asked_ago_s = 0.0 if asked_at is None else max(0.0, at - asked_at)
        last_reply = LastReply(replying_to.id, 0.0, playing=True, asked_ago_s=asked_ago_s)
    elif reply is not None:
        last_reply = LastReply(reply.speaker.id, max(0.0, at - reply.at), reply.asks)
    return RoomState(
        people=tuple(people),
        talk=tuple(_last_speech(speech, at, ids) for speech in islice(speeches, _TALK_LINES)),
        last_reply=last_reply,
        offered_to=offered_to,
    )


def _last_speech(speech: Speech, at: float, agents: frozenset[str]) -> LastSpeech:
    toward: Toward = "person"
    if speech.addressed_to is None:
        toward = "room"
    elif speech.addressed_to in agents:
        toward = "agent"
    return LastSpeech(speech.utterance, toward, max(0.0, at - speech.at))


@dataclass(frozen=True, slots=True)
class SpeakerContext:
    """What matters of the room's state for an utterance of one speaker."""

    other_people: int
    """How many other people are in the room."""
    follow_up: bool
    """The last utterance in the room was the agent's, to this speaker, just now."""
    delayed_follow_up: bool
    """It was to this speaker, but people have spoken since."""
    asked: bool
    """It was a question to this speaker, and no one has spoken since."""
    still_asked: bool
    """It was a question that they have not answered, though people have spoken since."""
    exchange_running: bool
    """The agent has spoken to anyone not long ago."""
    over_reply: bool
    """The agent is speaking: the utterance is said over its reply."""
    beside_answer: bool
    """The last utterance in the room was the agent's, to another person, just now."""
    silent_since_answer: bool
    """People have talked since its answer, and they have not."""
    talk: Talk
    """What people said to each other since the agent's last reply."""
    asked_by_person: bool
    """Another person has just asked those present, or requested something of one of them."""
    on_phone: bool
    """They have begun a telephone call and not ended it."""
    reading_aloud: bool
    """They have just read a text aloud."""

    @property
    def alone(self) -> bool:
        """No other person is in the room."""
        return self.other_people == 0


def speaker_context(
    speaker_id: int, room: RoomState, settings: RelevanceSettings
) -> SpeakerContext:
    """Derive it from the room's state."""
    reply = room.last_reply
    # "Mm-hm" and "okay" are said into any talk, and begin none.
    since = tuple(
        speech
        for speech in room.talk_since_reply
        if speech.toward == "person" or speech.utterance.act.minor is None
    )
    recent = reply is not None and reply.ago_s <= settings.follow_up_s
    to_them = reply is not None and recent and reply.to_id == speaker_id
    running = reply is not None and reply.ago_s <= settings.exchange_s
    theirs = reply is not None and reply.to_id == speaker_id
    own = [speech for speech in room.talk if speech.speaker_id == speaker_id]
    return SpeakerContext(
        other_people=sum(person.id != speaker_id for person in room.people),
        follow_up=to_them and not since,
        delayed_follow_up=running and theirs and bool(since),
        asked=to_them and not since and reply is not None and reply.asks,
        still_asked=to_them and bool(since) and reply is not None and reply.asks,
        exchange_running=running,
        over_reply=reply is not None and reply.playing,
        beside_answer=recent and not theirs and not since,
        silent_since_answer=running
        and bool(since)
        and all(speech.speaker_id != speaker_id for speech in since),
        talk=_talk(speaker_id, since),
        asked_by_person=bool(since) and _asks_others(speaker_id, since[0]),
        on_phone=_continues(own, _CALL_S, lambda said: said.opens_phone_call)
        and not any(speech.utterance.says_farewell for speech in own[:1]),
        reading_aloud=_continues(own, _READING_S, lambda said: said.act.read_aloud),
    )


def _talk(speaker_id: int, since: tuple[LastSpeech, ...]) -> Talk:
    if not since or since[0].ago_s > _TALK_S:
        return "none"
    if since[0].toward == "person":
        return "between people"
    return "none" if since[0].speaker_id == speaker_id else "room"


def _asks_others(speaker_id: int, speech: LastSpeech) -> bool:
    if speech.speaker_id == speaker_id or speech.ago_s > _ANSWER_S:
        return False
    return speech.utterance.act.question or speech.utterance.requests_of_person


def _continues(
    own: Iterable[LastSpeech], longest_gap_s: float, begins: Callable[[ParsedUtterance], bool]
) -> bool:
    """Whether the speaker's own utterances, newest first and without a long gap, reach back to one
    that ``begins`` it."""
    after_s = 0.0
    for speech in own:
        if speech.toward == "agent" or speech.ago_s - after_s > longest_gap_s:
            return False
        if begins(speech.utterance):
            return True
        after_s = speech.ago_s
    return False
