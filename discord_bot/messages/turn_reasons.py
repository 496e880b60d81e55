"""Why the agent answered or did not, in plain words for members.

The conversation gives its reasons in English, for logs: "it comes right after the agent's answer to
them". A member reads "it came right after my answer to you", or about another member, "to them".
`reasons.py` has the words for everything else; a reason that neither knows stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from discord_bot.messages.reasons import reason_text
from translations import Text, listing, message

SHOWN: Final = 2
"""Reasons that a member reads; the conversation gives the weightiest first."""

_YouOrThem: TypeAlias = tuple[Text, Text]

PLAIN: Final[Mapping[str, _YouOrThem]] = {
    "called by name": (message("you called me by name"), message("I was called by name")),
    "it names the agent, and by the sound it may call it": (
        message("you may have called me by name"),
        message("I may have been called by name"),
    ),
    "the agent had asked them something": (
        message("I had asked you something"),
        message("I had asked them something"),
    ),
    "the agent still waits for an answer of theirs": (
        message("I was waiting for your answer"),
        message("I was waiting for their answer"),
    ),
    "it answers what the agent had asked them before others spoke": (
        message("it answers what I had asked you"),
        message("it answers what I had asked them"),
    ),
    "it answers what the agent asked them": (
        message("it answers what I had asked you"),
        message("it answers what I had asked them"),
    ),
    "it comes right after the agent's answer to them": (
        message("it came right after my answer to you"),
        message("it came right after my answer to them"),
    ),
    "it is from the person whom the agent answered last": (
        message("I had answered you last"),
        message("I had answered them last"),
    ),
    "they have not taken part in the talk since the agent's answer": (
        message("you have not taken part in the talk since my answer"),
        message("they have not taken part in the talk since my answer"),
    ),
    "it is about something of their own": (
        message("it is about something of yours"),
        message("it is about something of theirs"),
    ),
    "they are on the telephone": (
        message("you seem to be on the telephone"),
        message("they seem to be on the telephone"),
    ),
    "it only shows that they are listening": (
        message("it only shows that you are listening"),
        message("it only shows that they are listening"),
    ),
}
"""For the speaker, and for others."""

OF_EVERYBODY: Final[Mapping[str, Text]] = {
    "it talks about the agent, not to it": message("it is about me, not to me"),
    "it talks about another agent": message("it is about another agent"),
    "an exchange with the agent is running": message("a conversation with me is running"),
    "it corrects or questions the agent's answer": message("it questions my answer"),
    "the agent has just answered another person": message("I had just answered another person"),
    "it neither asks nor requests anything": message("it asks for nothing"),
    "it only takes note, and the agent had asked them nothing": message(
        "it only takes note, and I had asked nothing"
    ),
    "it only calls the agent, and the reply waits for more words": message(
        "it is only my name, and I waited for more words"
    ),
    "it only calls the agent, right behind the words that stopped it": message(
        "it is only my name, right after I was stopped"
    ),
    "the agent was left to decide": message("I was not sure at first"),
    "it names another agent, and by the sound it may call it": message(
        "another agent may have been called by name"
    ),
    "it sounds like a telephone call": message("it sounds like a telephone call"),
    "echo of the reply": message("it was my own voice from a loudspeaker"),
}
"""The same for the speaker and for others."""
_INSIDE: Final = frozenset({"the rules agreed", "the rules decided otherwise"})
"""Reasons that explain nothing to a member."""
_AGAINST: Final = "although "
CALLED: Final = "called by name"
_WEAK: Final = frozenset({"an exchange with the agent is running"})
"""Reasons that tell little beside others."""


def plain_reason(reason: str, *, you: bool) -> Text:
    """One reason, said to the speaker (``you``) or to another member."""
    found = PLAIN.get(reason)
    if found is not None:
        return found[0] if you else found[1]
    return OF_EVERYBODY.get(reason) or reason_text(reason)


def plain_reasons(reasons: Sequence[str], *, you: bool) -> Text:
    """The weightiest reasons for a decision, as one clause; those against it are left out."""
    for_it = [each for each in reasons if not each.startswith(_AGAINST) and each not in _INSIDE]
    if CALLED in for_it:
        for_it = [CALLED]  # nothing else is needed
    for_it.sort(key=lambda reason: reason in _WEAK)
    told = _once(plain_reason(each, you=you) for each in for_it or reasons)
    return listing(told[:SHOWN])


def _once(texts: Iterable[Text]) -> list[Text]:
    return list(dict.fromkeys(texts))
