"""Text endpointing: whether the words of a turn so far are complete.

The turn model rates the prosody; the words tell what is missing. "Jarvis, what is the" may end on a
falling tone, and "What time is it?" on a rising one. In six synthetic voices (those of
models/fixture/training) the turn model gave the first up to 0.93 and the second down to 0.04 after
200 ms of silence.
"""

from __future__ import annotations

from enum import Enum, auto

from pipeline.language.dialogue_act import DialogueAct, Minor
from pipeline.language.lexicons import Language
from pipeline.language.utterance import ParsedUtterance
from pipeline.language.vocative import plain_words
from pipeline.language.voice_commands import CommandKind

_TRAILS_OFF = (",", "...", "…", "-", "–", "—", ":")
_CLOSES = (".", "?", "!")
_SHORTEST_REQUEST = 2
_SHORTEST_QUESTION = 3
_LONGEST_ENDING = 4


class Completeness(Enum):
    """How complete the words are."""

    OPEN = auto()
    """More words must follow."""
    UNSURE = auto()
    """No question or request, or no words: more may follow or not."""
    UNKNOWN = auto()
    """There are no rules for their language, or no result."""
    WHOLE = auto()
    """A whole question, request or answer."""
    COMMAND = auto()
    """A voice command and nothing else."""


def completeness(utterance: ParsedUtterance) -> Completeness:
    """How complete the words are.

    A whole sentence needs the closing mark that speech to text sets: the transcriber knows more of
    language than these rules.
    """
    command, known = utterance.command, utterance.language
    if command is not None and command.kind is not CommandKind.RELAY:
        return Completeness.COMMAND
    said = utterance.text_without_call
    words = plain_words(said)
    if said.endswith(_TRAILS_OFF) or _is_open(words, "?" in said[-1:], known):
        return Completeness.OPEN
    if not _breaks_off(words, known) and _is_whole(
        said, utterance.act_without_call, _content(words, known)
    ):
        return Completeness.WHOLE
    return Completeness.UNSURE if known.question_words else Completeness.UNKNOWN


def _is_open(words: tuple[str, ...], asks: bool, known: Language) -> bool:
    if not words:
        return False
    if words[-1] in known.open_words or " ".join(words) in known.request_phrases - known.answers:
        return True
    if any(
        " ".join(words[-count:]) in known.open_phrases for count in range(1, _LONGEST_ENDING + 1)
    ):
        return True
    if asks or words[-1] not in known.seldom_last:
        return False
    content = _content(words, known)
    before = words[-2] if len(words) > 1 else ""
    lone_question = len(content) > 2 and content[0] in known.question_words
    return not lone_question and before not in known.pronouns | known.you


def _breaks_off(words: tuple[str, ...], known: Language) -> bool:
    """Whether a question ends in a word that another word usually follows.

    Speech to text also sets a mark after an unfinished sentence: "what is the name of?". After a
    pronoun or a form in -ing such a word may be the last: "who are you talking to?".
    """
    if len(words) < 2 or words[-1] not in known.question_breaks:
        return False
    before = words[-2]
    return not (
        before in known.pronouns | known.you | known.determiners
        or before.endswith(known.before_gap)
    )


def _is_whole(said: str, act: DialogueAct, content: tuple[str, ...]) -> bool:
    if act.minor is not None:
        return act.minor is Minor.ANSWER
    if act.thanks:
        return True
    if not said.endswith(_CLOSES):
        return False
    if said.endswith("?"):
        return bool(content)
    if act.request:
        return len(content) >= _SHORTEST_REQUEST
    return act.question and len(content) >= _SHORTEST_QUESTION


def _content(words: tuple[str, ...], known: Language) -> tuple[str, ...]:
    """The words without fillers at the start."""
    for position, word in enumerate(words):
        if word not in known.fillers:
            return words[position:]
    return ()
