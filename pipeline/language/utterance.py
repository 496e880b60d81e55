"""An utterance and everything that its words tell, each part found once.

The room makes the value when speech to text has the words. Endpointing, the voice commands, the
addressee decision and the room's transcript read it; none of them analyses the words again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from pipeline.language.dialogue_act import DialogueAct, dialogue_act, with_request_of
from pipeline.language.lexicons import Language
from pipeline.language.lexicons import language as language_data
from pipeline.language.mentions import KnownNames, Mentions, without
from pipeline.language.names import Mention
from pipeline.language.vocative import fluent_words, opens_with
from pipeline.language.voice_commands import VoiceCommand, answer_to_offer, command_in


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
    def act(self) -> DialogueAct:
        """The dialogue act; after a call by name, also with the request of the other words."""
        if self.mentions.agent is None:
            return self._whole_act
        return with_request_of(self._whole_act, self.act_without_call)

    @cached_property
    def text_without_call(self) -> str:
        """The text without the names of the agents that it calls."""
        called = (mention for mention in self.agent_mentions if mention.called)
        return without(self.text, called).strip(" \"'”’")

    @cached_property
    def act_without_call(self) -> DialogueAct:
        """The dialogue act of `text_without_call`."""
        if self.text_without_call == self.text:
            return self._whole_act
        return dialogue_act(self.text_without_call, self.language)

    @cached_property
    def command(self) -> VoiceCommand | None:
        """The voice command that the whole utterance is."""
        return command_in(self.text, self.language, self._agent_mentions_in)

    @cached_property
    def offer_answer(self) -> VoiceCommand | None:
        """The utterance as an answer to "Shall I go on?": CONTINUE, DECLINE or None."""
        return answer_to_offer(self.text, self.language, self._agent_mentions_in)

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

    def _agent_mentions_in(self, language: Language) -> list[Mention]:
        """Names differ between languages: in their spelling, and in the words around a call."""
        if language is self.language:
            return self.agent_mentions
        return self.names.of_agents(self.names.candidates(self.text, language))
