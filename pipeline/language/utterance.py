"""An utterance and everything that its words tell, each part found once.

The room makes the value when speech to text has the words. Endpointing, the voice commands, the
addressee decision and the room's transcript read it; none of them analyses the words again.

Endpointing needs the completeness of the words, because the turn model rates the prosody alone.
"Jarvis, what is the" may end on a falling tone, and "What time is it?" on a rising one. In six
synthetic voices (those of models/fixture/training) the turn model gave the first up to 0.93 and the
second down to 0.04 after 200 ms of silence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from typing import Final

from pipeline.language.clause import opens_with
from pipeline.language.dialogue_act import DialogueAct, Minor, dialogue_act, with_request_of
from pipeline.language.lexicons import Language
from pipeline.language.lexicons import language as language_data
from pipeline.language.mentions import KnownNames, Mention, Mentions, without
from pipeline.language.vocative import (
    fluent_words,
    plain_words,
)
from pipeline.language.voice_commands import CommandKind, VoiceCommand, answer_to_offer, command_in

_TRAILS_OFF: Final = (",", "...", "…", "-", "–", "—", ":")
_CLOSES: Final = (".", "?", "!")
_OPEN_COMMANDS: Final = (CommandKind.RELAY, CommandKind.WAIT)
"""Commands after which the speaker often goes on: "wait, I meant the other one"."""
_SHORTEST_REQUEST: Final = 2
_SHORTEST_QUESTION: Final = 3
_LONGEST_ENDING: Final = 4
_COMMA_OF_CALL: Final = re.compile(r"(?:^|\s),(?=\s*\w)|,(?=\s[\s?.!…]*$)")
"""The comma behind a name that is called, or before one that ends the text; where the text ends
with the comma, it stays, because more words follow."""


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


@dataclass(frozen=True)
class ParsedUtterance:
    """The words of one speaker in one turn, or in a part of it.

    ``language_code`` is an ISO code; None is English. ``names`` are those that may be called.
    """

    speaker_id: int
    text: str
    language_code: str | None = None
    names: KnownNames = field(default=KnownNames(), compare=False, repr=False)

    @property
    def agent(self) -> str:
        """The id of the agent that answered in the room when this was said."""
        return self.names.agent

    @cached_property
    def language(self) -> Language:
        return language_data(self.language_code)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Lower-case words without hesitations and repetitions."""
        return fluent_words(self.text, self.language)

    @cached_property
    def mentions(self) -> Mentions:
        """Who is called, and who is talked about."""
        return self.names.mentions(self.text, self._name_candidates, self.language)

    @cached_property
    def agent_mentions(self) -> list[Mention]:
        """Where agents are named, in the order of the text."""
        return self.names.of_agents(self._name_candidates)

    @cached_property
    def calls_agent(self) -> bool:
        """Whether an agent of the room is called, the current one or another; "ask Sage" does."""
        if self.mentions.agent is not None or self.mentions.other_agent is not None:
            return True
        return self.command is not None and self.command.agent is not None

    @cached_property
    def act(self) -> DialogueAct:
        """The dialogue act; after a call by name, also with the request of the other words."""
        if not self.calls_agent:
            return self._whole_act
        return with_request_of(self._whole_act, self.act_without_call)

    @cached_property
    def text_without_call(self) -> str:
        """The text without the names of the agents that it calls, and the commas around them."""
        return self._without([mention for mention in self.agent_mentions if mention.called])

    @cached_property
    def act_without_call(self) -> DialogueAct:
        """The dialogue act of `text_without_call`."""
        if self.text_without_call == self.text:
            return self._whole_act
        return dialogue_act(self.text_without_call, self.language, called=True)

    @cached_property
    def requests_of_person(self) -> bool:
        """Whether it calls a person of the room and requests something: "Ann, turn it down."."""
        person = self.mentions.person
        if person is None:
            return False
        named = [each for each in self._name_candidates if each.called and each.heard == person]
        return dialogue_act(self._without(named), self.language, called=True).request

    @cached_property
    def only_calls(self) -> bool:
        """Whether it is an agent's name and nothing else: "Jarvis,", "hey Jarvis", "oh Jarvis"."""
        called = (each for each in self.agent_mentions if each.called)
        around = plain_words(without(self.text, self.agent_mentions))
        known = self.language
        empty = known.fillers - known.answers - known.acknowledgements
        return any(called) and (empty | known.calls | known.hesitations).issuperset(around)

    @cached_property
    def command(self) -> VoiceCommand | None:
        """The voice command that the whole utterance is."""
        return command_in(self.text, self.language, self._agent_mentions_in)

    @property
    def asks_for_silence(self) -> bool:
        """Whether it is a command that stops a reply."""
        return self.command is not None and self.command.kind is CommandKind.STOP

    @property
    def calls_exactly(self) -> bool:
        """Whether it calls an agent by its name as that is written, not only by one like it."""
        return any(each.called and each.likeness == 1.0 for each in self.agent_mentions)

    @cached_property
    def offer_answer(self) -> VoiceCommand | None:
        """The utterance as an answer to "Shall I go on?": CONTINUE, DECLINE or None."""
        return answer_to_offer(self.text, self.language, self._agent_mentions_in)

    @cached_property
    def completeness(self) -> Completeness:
        """How complete the words are.

        A whole sentence needs the closing mark that speech to text sets: the transcriber knows more
        of language than these rules.
        """
        if self.command is not None and self.command.kind not in _OPEN_COMMANDS:
            return Completeness.COMMAND
        known, said = self.language, self.text_without_call
        words = plain_words(said)
        if said.endswith(_TRAILS_OFF) or _is_open(words, "?" in said[-1:], known):
            return Completeness.OPEN
        if not _breaks_off(words, known) and _is_whole(
            said, self.act_without_call, _content(words, known)
        ):
            return Completeness.WHOLE
        return Completeness.UNSURE if known.question_words else Completeness.UNKNOWN

    @cached_property
    def opens_phone_call(self) -> bool:
        """Whether it opens or answers a telephone call: "Hello? Yes, this is she."."""
        if not self.words or self.words[0] not in self.language.hello:
            return False
        phrases = self.language.phone_phrases
        return opens_with(self.words[1:], phrases) or opens_with(self.words[2:], phrases)

    @cached_property
    def says_farewell(self) -> bool:
        return not self.language.farewells.isdisjoint(self.words)

    @cached_property
    def _name_candidates(self) -> list[Mention]:
        return self.names.candidates(self.text, self.language)

    @cached_property
    def _whole_act(self) -> DialogueAct:
        return dialogue_act(self.text, self.language)

    def _without(self, called: Sequence[Mention]) -> str:
        """The text without names that are called, and the commas around them."""
        rest = _COMMA_OF_CALL.sub("", without(self.text, called)) if called else self.text
        return rest.strip(" \"'”’")

    def _agent_mentions_in(self, language: Language) -> list[Mention]:
        """Names differ between languages: in their spelling, and in the words around a call."""
        if language is self.language:
            return self.agent_mentions
        return self.names.of_agents(self.names.candidates(self.text, language))


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
