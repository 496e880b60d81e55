"""What sees the words and names of people: transcripts, nicknames, names of agents."""

from __future__ import annotations

from typing import Final

from pipeline.addressing import address
from pipeline.called_names import agent_names, name_hints
from pipeline.echo_words import echoed_words
from pipeline.hallucinations import Evidence, rejection
from pipeline.hallucinations import plain_words as bare_words
from pipeline.languages import ENGLISH, language
from pipeline.names import NameFinder, likeness, spoken_names
from pipeline.notices import listening, one_moment, shall_i_go_on, too_much, your_turn
from pipeline.ports import Persona, Speaker, Voice
from pipeline.relevance import Utterance, judge
from pipeline.room_state import LastReply, LastSpeech, RoomState
from pipeline.settings import RelevanceSettings, SttSettings
from pipeline.spoken_language import SpokenLanguage
from pipeline.standing import standing, telephones
from pipeline.transcriber import Transcription
from pipeline.transcript import SpokenSentence, Transcript, word_start_ms, words_heard
from pipeline.utterance_form import form_of
from pipeline.vocative import fluent_words, is_called, is_clearly_called, opens_with, plain_words
from pipeline.word_witness import ending_of
from pipeline.wording import Wording
from tests.outside.subject import Subject

JARVIS: Final = Persona("jarvis", "Jarvis", Voice("jarvis"))
SAGE: Final = Persona("sage", "Sage", Voice("sage"), ("wise one",))
ALICE, BOB = Speaker(1, "Alice"), Speaker(2, "BobTheBuilder_92")
NAMES: Final = agent_names((JARVIS, SAGE), 0.9)
SETTINGS: Final = RelevanceSettings()


def room(talk: str = "hello yes it is me", people: tuple[Speaker, ...] = (ALICE, BOB)) -> RoomState:
    """A talk in which Jarvis has just asked Alice something, and then Bob has spoken."""
    return RoomState(
        agent=JARVIS,
        other_agents=(SAGE,),
        people=people,
        talk=(LastSpeech(2, "room", 1.0, talk), LastSpeech(1, "room", 2.0, talk)),
        last_reply=LastReply(1, 3.0, asks=True),
        offered_to=1,
    )


def heard(text: str) -> Transcription:
    return Transcription(text, "en", 0.0, 0.0, 3000.0, 10.0)


def _address(text: str) -> object:
    return address(Utterance(ALICE, text, "en"), room(), NAMES, lambda _: True, "medium", SETTINGS)


def _judge_by_nickname(name: str) -> object:
    people = (ALICE, Speaker(2, name))
    return judge(Utterance(ALICE, "Bob, what do you think?", "en"), room(people=people))


def _remember(text: str) -> object:
    transcript = Transcript()
    transcript.add_speech(Speaker(1, text), text, 0.0, text)
    sentences = [SpokenSentence(text, 0.0, 1000.0)]
    transcript.add_reply(text, ALICE, sentences, 500.0, 1.0)
    return transcript.context_lines(2)


def _settle(text: str) -> object:
    return Wording(0.0).settle(heard(text), 1.0).whole(heard(text))


def _middle(text: str) -> tuple[int, int]:
    return len(text) // 2, len(text) // 2 + 6


SUBJECTS: Final = (
    Subject(
        "pipeline.addressing:address",
        _address,
        heavy=True,
        covers=(
            "pipeline.control:answer_to_offer",
            "pipeline.control:command_in",
            "pipeline.called_names:called_names",
            "pipeline.called_names:without",
            "pipeline.names:NameFinder.find",
            "pipeline.relevance:judge",
        ),
    ),
    Subject(
        "pipeline.called_names:agent_names",
        lambda t: agent_names([Persona("a", t, Voice("v"))], 0.9),
    ),
    Subject("pipeline.called_names:name_hints", lambda t: name_hints([JARVIS], [Speaker(1, t)])),
    Subject(
        "pipeline.echo_words:echoed_words",
        lambda t: echoed_words(t, t[::-1]),
        heavy=True,
        covers=("pipeline.echo_words:without_echo",),
    ),
    Subject("pipeline.hallucinations:plain_words", bare_words),
    Subject(
        "pipeline.hallucinations:rejection",
        lambda t: rejection(Evidence(t, 0.0, 0.5, 1.0, -60.0), t, SttSettings()),
    ),
    Subject("pipeline.languages:language", language),
    Subject(
        "pipeline.names:NameFinder",
        lambda t: NameFinder({"a": [t]}).find("Is Jarvis here?", ENGLISH),
    ),
    Subject("pipeline.names:likeness", lambda t: likeness(t, t[::-1])),
    Subject("pipeline.names:spoken_names", spoken_names),
    Subject("pipeline.notices:listening", listening),
    Subject("pipeline.notices:one_moment", one_moment),
    Subject("pipeline.notices:shall_i_go_on", shall_i_go_on),
    Subject("pipeline.notices:too_much", too_much),
    Subject("pipeline.notices:your_turn", lambda t: your_turn(t, "en", next_one=True)),
    Subject("pipeline.relevance:judge, by nickname", _judge_by_nickname),
    Subject(
        "pipeline.spoken_language:SpokenLanguage.heard",
        lambda t: SpokenLanguage(None).heard(heard(t)),
    ),
    Subject(
        "pipeline.standing:standing", lambda t: standing(1, room(t), ENGLISH, SETTINGS), heavy=True
    ),
    Subject("pipeline.standing:telephones", lambda t: telephones(t, ENGLISH)),
    Subject("pipeline.transcript:Transcript", _remember),
    Subject(
        "pipeline.transcript:words_heard",
        lambda t: words_heard([SpokenSentence(t, 0.0, 1000.0)], 900.0),
    ),
    Subject(
        "pipeline.transcript:word_start_ms",
        lambda t: word_start_ms([SpokenSentence(t, 0.0, 1000.0)], 900.0),
    ),
    Subject("pipeline.utterance_form:form_of", lambda t: form_of(t, ENGLISH)),
    Subject("pipeline.vocative:fluent_words", lambda t: fluent_words(t, ENGLISH)),
    Subject("pipeline.vocative:is_called", lambda t: is_called(t, *_middle(t), ENGLISH)),
    Subject(
        "pipeline.vocative:is_clearly_called", lambda t: is_clearly_called(t, *_middle(t), ENGLISH)
    ),
    Subject(
        "pipeline.vocative:opens_with",
        lambda t: opens_with(tuple(t.split()), ENGLISH.request_phrases),
    ),
    Subject("pipeline.vocative:plain_words", plain_words),
    Subject("pipeline.word_witness:ending_of", lambda t: ending_of(t, "en", NAMES), heavy=True),
    Subject("pipeline.wording:Wording", _settle),
)
