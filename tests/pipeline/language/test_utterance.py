"""An utterance is analysed once, for all of its readers."""

from __future__ import annotations

import pytest

from pipeline.addressee.decide import decide
from pipeline.addressee.room_state import RoomState
from pipeline.events import TurnDecided
from pipeline.language import utterance
from pipeline.language.dialogue_act import DialogueAct, dialogue_act
from pipeline.language.lexicons import ENGLISH, GERMAN, Language
from pipeline.language.names import Mention, NameFinder
from pipeline.language.utterance import ParsedUtterance
from pipeline.listening.text_endpoint import completeness
from pipeline.settings import RelevanceSettings
from testing.room import ANN, BEN, FakeRoom
from tests.pipeline.parsing import parsed


class Analyses:
    """Records each search for names and each dialogue act that is computed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.names: list[tuple[str, str]] = []
        self.acts: list[str] = []
        candidates = NameFinder.candidates

        def count_names(finder: NameFinder, text: str, language: Language) -> list[Mention]:
            self.names.append((text, language.code))
            return candidates(finder, text, language)

        def count_acts(text: str, language: Language) -> DialogueAct:
            self.acts.append(text)
            return dialogue_act(text, language)

        monkeypatch.setattr(NameFinder, "candidates", count_names)
        monkeypatch.setattr(utterance, "dialogue_act", count_acts)


@pytest.fixture
def analyses(monkeypatch: pytest.MonkeyPatch) -> Analyses:
    return Analyses(monkeypatch)


@pytest.mark.virtual_time
async def test_a_turn_is_analysed_once_from_its_last_pause_to_its_decision(
    analyses: Analyses,
) -> None:
    """The second dialogue act is that of the words after the name."""
    async with FakeRoom() as talk:
        await talk.say(ANN, "Jarvis, what time is it?")
        assert (await talk.until(TurnDecided)).addressed
    assert analyses.names == [("Jarvis, what time is it?", "en")]
    assert sorted(analyses.acts) == [", what time is it?", "Jarvis, what time is it?"]


@pytest.mark.virtual_time
async def test_earlier_utterances_are_not_analysed_again(analyses: Analyses) -> None:
    async with FakeRoom() as talk:
        for speaker, text in ((BEN, "I am hungry."), (ANN, "It is late."), (BEN, "Are you sure?")):
            before = len(talk.events)
            await talk.say(speaker, text)
            await talk.until(TurnDecided, after=before)
    assert analyses.acts == ["I am hungry.", "It is late.", "Are you sure?"]


def test_every_reader_gets_the_same_analysis(analyses: Analyses) -> None:
    said = parsed("Jarvis, what is the weather in Paris?")
    for _ in range(3):
        completeness(said)
        decide(said, RoomState((ANN, BEN)), lambda _: True, "medium", RelevanceSettings())
    assert len(analyses.names) == 1
    assert len(analyses.acts) == 2


def test_names_are_searched_in_another_language_only_for_words_of_its_commands(
    analyses: Analyses,
) -> None:
    assert parsed("Jarvis, what time is it?").command is None
    assert {code for _, code in analyses.names} <= {ENGLISH.code}
    assert parsed("Jarvis, hör auf.").command is not None
    assert analyses.names[-1] == ("Jarvis, hör auf.", GERMAN.code)


def test_the_call_is_separated_from_the_rest() -> None:
    said = parsed("Jarvis, tell Sage a joke.")
    assert said.text_without_call == ", tell Sage a joke."
    assert said.agent == "jarvis"
    assert [mention.name for mention in said.agent_mentions] == ["jarvis", "sage"]
    assert said.act.request


def test_without_known_names_an_utterance_still_has_its_act() -> None:
    said = ParsedUtterance(1, "Jarvis, what time is it?")
    assert said.act.question
    assert said.agent_mentions == []
