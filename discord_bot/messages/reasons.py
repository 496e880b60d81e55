"""What the conversation reports in English, in the language of its reader.

The conversation (`pipeline`) and the speech server's client give their reasons as English text, for
logs and agents too. Here each of them has its message, some in plainer words. A reason that is not
known here stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

from translations import Text, joined, message, verbatim

_KNOWN: Final[tuple[Text, ...]] = (
    # Translators: this and the next 60 texts complete "I kept silent: ..." or "I took it for me:".
    message("no other person is here"),
    message("other people are here"),
    message("it talks about the agent, not to it"),
    message("it talks about another agent"),
    message("the agent had asked them something"),
    message("the agent still waits for an answer of theirs"),
    message("it answers what the agent had asked them before others spoke"),
    message("it comes right after the agent's answer to them"),
    message("it is from the person whom the agent answered last"),
    message("an exchange with the agent is running"),
    message("it refers to what was said before"),
    message("it continues what was said before"),
    message("it thanks for the answer"),
    message("it corrects or questions the agent's answer"),
    message("people are talking with each other"),
    message("another person has just spoken"),
    message("the agent has just answered another person"),
    message("they have not taken part in the talk since the agent's answer"),
    message("it is a short question right after another person spoke"),
    message("it may answer the question of another person"),
    message("it is a request"),
    message("it is a question"),
    message("it asks what they can or should do"),
    message("it is no request that an assistant is usually asked for"),
    message("it asks for information, and an exchange with the agent is running"),
    message("it asks about a kind of thing"),
    message("it asks about a certain thing, which people here may know"),
    message("it neither asks nor requests anything"),
    message('it says "you", with other people here'),
    message('it asks "you" for something, with other people here'),
    message("it refers to what another person said"),
    message("it speaks of or to several people"),
    message("it asks what only people can do or know"),
    message("it is about a third person"),
    message("it is about something of their own"),
    message("it sounds ironic"),
    message("it sounds read aloud"),
    message("they are on the telephone"),
    message("called by name"),
    message("there are no words in it"),
    message("it only shows that they are listening"),
    message("it answers what the agent asked them"),
    message("it is a short answer, and no other person is here"),
    message("it only takes note, and the agent had asked them nothing"),
    message("it sounds like a telephone call"),
    message("the agent could not be asked"),
    message("the agent was asked, and said neither yes nor no"),
    message("the agent itself says that it was meant"),
    message("the agent itself says that it was not meant"),
    message("the rules agreed"),
    message("the rules decided otherwise"),
    message("echo of the reply"),
    message("it only calls the agent, and the reply waits for more words"),
    message("it only calls the agent, right behind the words that stopped it"),
    message("no words in it"),
    message("an echo of the expected names"),
    message("another bot said it, and bots are not answered here"),
    message("another bot said it, and a person has to speak before bots are answered again"),
    message("the same words got the same answer several times in a row"),
    message("it answers a question of the bot itself"),
    message("a person has taken over from the agent"),
    message("the bot does it without the agent"),
    # Translators: this and the next 8 texts complete "I could not say this aloud: ...".
    message("the speech server does not answer"),
    message("the speech server took too long"),
    message("the speech server is too busy"),
    message("the speech server does not accept the bot's key"),
    message("there is no speech server where the settings say"),
    message("the speech server refused these words or this voice"),
    message("the speech server reported an error"),
    message("the speech server sent no speech"),
    message("the connection to the speech server broke"),
    # Translators: the levels of `/sensitivity`, as everywhere.
    message("low"),
    message("medium"),
    message("high"),
    message("I cannot reach the agent right now. Please ask me again."),
    message("I cannot reach the agent. My operator has to look into that."),
    message("The agent does not want to answer that."),
    message("My answer was stopped."),
    message("I lost the connection to the agent. Please ask me again."),
    message("Sorry, that took too long. Please ask me again."),
    message("Sorry, something went wrong. Please ask me again."),
)
_PLAINER: Final[Mapping[str, Text]] = {
    "it points at something that only people see": message(
        "it points at something that I cannot see"
    ),
    "a line that Whisper makes up": message("it sounded like noise"),
}
_EXACT: Final = {**{str(text): text for text in _KNOWN}, **_PLAINER}

_ALTHOUGH: Final = "although "
_Maker: TypeAlias = Callable[[re.Match[str]], Text]
_FORMED: Final[tuple[tuple[str, _Maker], ...]] = (
    (
        r'called by name, heard as "(.+)"',
        lambda found: message("called by name, heard as “{heard}”", heard=found[1]),
    ),
    (
        r"it calls (.+), another agent that answers here",
        lambda found: message("it calls {name}, another agent that answers here", name=found[1]),
    ),
    (
        r"it calls (.+), another agent",
        lambda found: message("it calls {name}, another agent", name=found[1]),
    ),
    (
        r"it calls (.+), who is here",
        lambda found: message("it calls {name}, who is here", name=found[1]),
    ),
    (
        r"it calls (.+), who is not in this room",
        lambda found: message("it calls {name}, who is not in this room", name=found[1]),
    ),
    (
        r"(\d+%) likely to be for the agent, and level (\w+) needs (\d+%)",
        lambda found: message(
            "{likely} likely to be for the agent, and level {level} needs {needed}",
            likely=found[1],
            level=_EXACT.get(found[2]) or found[2],
            needed=found[3],
        ),
    ),
    (
        r"the agent was asked, and did not answer within (.+) s",
        lambda found: message(
            "the agent was asked, and did not answer within {seconds} s", seconds=found[1]
        ),
    ),
    (r"too short \(.+\)", lambda _: message("it was too short")),
    (r"no speech \(.+\)", lambda _: message("it did not sound like speech")),
    (r"repeats itself \(.+\)", lambda _: message("it sounded like noise")),
    (r"too unsure \(.+\)", lambda _: message("I was too unsure of the words")),
    (r"a phrase made up on silence \(.+\)", lambda _: message("it was too quiet")),
)
"""Reasons with something in them, as whole patterns. The first that matches counts."""


def reason_text(reason: str) -> Text:
    """A reason of the conversation or of the speech server's client, or a notice of a failure."""
    if reason.startswith(_ALTHOUGH):
        return message("although {reason}", reason=_known(reason.removeprefix(_ALTHOUGH)))
    return _known(reason)


def _known(reason: str) -> Text:
    known = _EXACT.get(reason)
    if known is not None:
        return known
    for pattern, make in _FORMED:
        if (found := re.fullmatch(pattern, reason, re.DOTALL)) is not None:
            return make(found)
    return verbatim(reason)


def reasons_text(reasons: Iterable[str]) -> Text:
    """Several reasons, one after another."""
    return joined((reason_text(each) for each in reasons), "; ")
