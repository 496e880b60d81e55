"""How a speaker stands with the agent and with the others at the moment they say something."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal

from pipeline.addressee.room_state import LastSpeech, RoomState
from pipeline.language.dialogue_act import form_of
from pipeline.language.lexicons import Language
from pipeline.language.vocative import fluent_words, opens_with
from pipeline.settings import RelevanceSettings

_TALK_S: Final = 12.0
"""After people spoke to each other, the next words are likely part of that for so long."""
_ANSWER_S: Final = 6.0
"""Within this long, words may well be the answer to what somebody else has asked."""
_CALL_S: Final = 30.0
"""A telephone call that was begun counts as going on for so long after each word of it."""
_READING_S: Final = 12.0


@dataclass(frozen=True, slots=True)
class SpeakerContext:
    """What matters of the room for what one of those in it says now."""

    others: int
    """How many other people are in the room."""
    follow_up: bool
    """The last word in the room was the agent's, to them, just now."""
    interrupted: bool
    """It was to them, but people have spoken since."""
    asked: bool
    """It was a question, and nobody has spoken since."""
    still_asked: bool
    """It was a question, and they have not answered it, though people have spoken since."""
    running: bool
    """The agent has spoken not long ago, to anybody."""
    sounding: bool
    """The agent is being talked over."""
    talk: Literal["none", "room", "between people"]
    """What people said to each other since the agent's last word."""
    talk_lines: int
    """How many things they said since then, of those that are not long ago."""
    asked_by_person: bool
    """Somebody else has just asked those who are here."""
    on_phone: bool
    """They have begun a telephone call and not ended it."""
    reading: bool
    """They have just read something aloud."""

    @property
    def alone(self) -> bool:
        """Nobody else is in the room."""
        return self.others == 0


def standing(
    speaker_id: int, room: RoomState, language: Language, settings: RelevanceSettings
) -> SpeakerContext:
    """Read it off the room."""
    reply = room.last_reply
    # "Mm-hm" and "okay" are said into any talk, and begin none.
    since = tuple(
        speech
        for speech in room.talk_since_reply
        if speech.toward == "person" or form_of(speech.text, language).minor is None
    )
    recent = reply is not None and reply.ago_s <= settings.follow_up_s
    to_them = reply is not None and recent and reply.to_id == speaker_id
    own = [speech for speech in room.talk if speech.speaker_id == speaker_id]
    return SpeakerContext(
        others=sum(person.id != speaker_id for person in room.people),
        follow_up=to_them and not since,
        interrupted=to_them and bool(since),
        asked=to_them and not since and reply is not None and reply.asks,
        still_asked=to_them and bool(since) and reply is not None and reply.asks,
        running=reply is not None and reply.ago_s <= settings.exchange_s,
        sounding=reply is not None and reply.sounding,
        talk=_talk(speaker_id, since),
        talk_lines=sum(speech.ago_s <= _TALK_S for speech in since),
        asked_by_person=bool(since) and _asks_others(speaker_id, since[0], language),
        on_phone=_goes_on(own, _CALL_S, lambda text: telephones(text, language))
        and not any(_says_farewell(speech.text, language) for speech in own[:1]),
        reading=_goes_on(own, _READING_S, lambda text: form_of(text, language).read_aloud),
    )


def telephones(text: str, language: Language) -> bool:
    """Whether this opens or answers a telephone call: "Hello? Yes, this is she."."""
    words = fluent_words(text, language)
    rest = words[1:]
    if not words or words[0] not in language.hello:
        return False
    return opens_with(rest, language.phone_phrases) or opens_with(rest[1:], language.phone_phrases)


def _talk(
    speaker_id: int, since: tuple[LastSpeech, ...]
) -> Literal["none", "room", "between people"]:
    if not since or since[0].ago_s > _TALK_S:
        return "none"
    if since[0].toward == "person":
        return "between people"
    return "none" if since[0].speaker_id == speaker_id else "room"


def _asks_others(speaker_id: int, speech: LastSpeech, language: Language) -> bool:
    if speech.speaker_id == speaker_id or speech.ago_s > _ANSWER_S:
        return False
    return form_of(speech.text, language).question


def _goes_on(
    own: Iterable[LastSpeech], longest_gap_s: float, begins: Callable[[str], bool]
) -> bool:
    """Whether the speaker's own last words, newest first and without a long gap, go back to some
    that began it."""
    after_s = 0.0
    for speech in own:
        if speech.toward == "agent" or speech.ago_s - after_s > longest_gap_s:
            return False
        if begins(speech.text):
            return True
        after_s = speech.ago_s
    return False


def _says_farewell(text: str, language: Language) -> bool:
    return not language.farewells.isdisjoint(fluent_words(text, language))
