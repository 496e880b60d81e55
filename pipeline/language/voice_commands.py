"""Words that act at once, without the agent. Pure: text in, what is to be done out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from pipeline.addressee.room_state import RoomState
from pipeline.language.lexicons import LANGUAGES, Language, language
from pipeline.language.mentions import without
from pipeline.language.names import Mention, NameFinder
from pipeline.language.vocative import LONGEST_SAID, plain_words


class Order(Enum):
    """What is asked for, in words for those who watch."""

    STOP = "asks for silence"
    LOUDER = "asks for more volume"
    QUIETER = "asks for less volume"
    REPEAT = "asks to hear it again"
    GO_ON = "asks for the rest"
    DECLINE = "does not want the rest"
    ASK = "passes a question on"
    SWITCH = "asks for another agent"


TAKES_FLOOR: Final = frozenset((Order.STOP, Order.REPEAT, Order.ASK, Order.SWITCH))
"""These end a reply that sounds; the others let it go on."""

_RELAYED: Final = ("to ", "zu ")
_MOST_MENTIONS: Final = 8
"""Names up to which an order about an agent has been given: only names called stand before it."""


@dataclass(frozen=True, slots=True)
class VoiceCommand:
    """An order that was given. ``named`` tells whether an agent's name was in it."""

    order: Order
    named: bool
    agent: str | None = None
    """Whom ASK and SWITCH are about, by id."""
    request: str = ""
    """What ASK asks."""


def command_in(text: str, spoken: str | None, names: NameFinder) -> VoiceCommand | None:
    """The command that ``text`` is, and nothing but that; None for anything else.

    ``spoken`` is the ISO code of its language. The other languages' words count as well: a word or
    two are too few to be sure of the language.
    """
    first, text = language(spoken), text[:LONGEST_SAID]
    for known in (first, *(each for each in LANGUAGES if each is not first)):
        mentions = names.find(text, known)
        command = _about_agent(text, mentions, known) or _about_reply(text, mentions, known)
        if command is not None:
            return command
    return None


def answer_to_offer(text: str, spoken: str | None, names: NameFinder) -> VoiceCommand | None:
    """What ``text`` says to "Shall I go on?": GO_ON, DECLINE, or neither."""
    first, text = language(spoken), text[:LONGEST_SAID]
    for known in (first, *(each for each in LANGUAGES if each is not first)):
        mentions = names.find(text, known)
        said = " ".join(plain_words(without(text, mentions)))
        if said in known.accepting_phrases:
            return VoiceCommand(Order.GO_ON, bool(mentions))
        if said in known.declining_phrases:
            return VoiceCommand(Order.DECLINE, bool(mentions))
    return None


def may_command(command: VoiceCommand, speaker: int, room: RoomState, exchange_s: float) -> bool:
    """Whether words that are a command by their form are one here, and not meant for a person.

    They are with an agent's name, with nobody else present, over a reply, and in a running
    exchange with the agent into which nobody has spoken to somebody else.
    """
    if command.named or all(person.id == speaker for person in room.people):
        return True
    reply, speech = room.last_reply, room.last_speech
    if reply is None or reply.ago_s > exchange_s:
        return False
    talk = speech is not None and speech.toward != "agent" and speech.ago_s < reply.ago_s
    return reply.sounding or not talk


def _about_reply(text: str, mentions: Sequence[Mention], known: Language) -> VoiceCommand | None:
    words = _core(plain_words(without(text, mentions)), known)
    orders = (
        (Order.STOP, known.stop_phrases),
        (Order.LOUDER, known.louder_phrases),
        (Order.QUIETER, known.quieter_phrases),
        (Order.REPEAT, known.repeat_phrases),
        (Order.GO_ON, known.go_on_phrases),
    )
    said = " ".join(words)
    for order, phrases in orders:
        if said in phrases:
            return VoiceCommand(order, bool(mentions))
    return None


def _about_agent(text: str, mentions: Sequence[Mention], known: Language) -> VoiceCommand | None:
    early = mentions[:_MOST_MENTIONS]
    for mention in early:
        called = [each for each in early if each.called and each.end <= mention.start]
        lead = " ".join(_core(plain_words(without(text[: mention.start], called)), known))
        after = text[mention.end :]
        if lead in known.switches and not _core(plain_words(after), known):
            return VoiceCommand(Order.SWITCH, True, mention.name)
        request = _request(text[mention.end :], known)
        if lead in known.relays and request:
            return VoiceCommand(Order.ASK, True, mention.name, request)
    return None


def _request(after: str, known: Language) -> str:
    """What is to be asked: " to tell me a story." is "Tell me a story."."""
    words = plain_words(after)
    if (
        after.startswith(",")
        and words[:1]
        and words[0] not in known.question_words | known.indirect
    ):
        return ""  # "Ask Sage, I have no idea": something of its own
    after = after.strip(" ,")
    for word in _RELAYED:
        after = after.removeprefix(word)
    return after[:1].upper() + after[1:] if plain_words(after) else ""


def _core(words: tuple[str, ...], known: Language) -> tuple[str, ...]:
    """The words that order: "please speak a little louder" is "speak louder"."""
    return tuple(word for word in words if word not in known.polite_words)
