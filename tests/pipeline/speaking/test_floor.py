"""The floor alone: the order of turns, unexpected errors, canned words, the last reply."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.events import ReplyBegan, ReplyEnded, ReplyFailed, SentenceBegan, TurnExtended
from pipeline.latency import TurnLatency
from pipeline.ports import Agent, AgentTurn
from pipeline.speaking import notices
from pipeline.speaking.floor import CannedReply
from pipeline.speaking.sentence_speaker import SentenceSpeaker
from pipeline.speaking.turn_queue import LONGEST_JOINED, MAX_OF_ONE
from pipeline.transcript import SpokenReply
from testing.room import ANN, BEN, JARVIS, SAGE
from tests.pipeline.speaking.floor_room import FloorRoom

pytestmark = pytest.mark.virtual_time


# -- order -------------------------------------------------------------------------------------


async def test_what_a_speaker_adds_before_the_answer_begins_joins_their_turn() -> None:
    async with FloorRoom([1.0, "The first."], ["Both of them."]) as room:
        room.ask("Jarvis, what is the weather in Paris?")
        await asyncio.sleep(0.5)
        room.ask("And in London?")
        ended = await room.ended()
        both = "Jarvis, what is the weather in Paris? And in London?"
        assert [turn.text for turn in room.agent.turns][1:] == [both]
        assert len(room.agent.aborted) == 1, "what was half asked is not answered upstream"
        assert (ended.heard, ended.interrupted) == ("Both of them.", False)
        (joined,) = room.all(TurnExtended)
        assert (joined.speaker, joined.text) == (ANN, both)
        await asyncio.sleep(10)
        assert len(room.all(ReplyEnded)) == len(room.transcript) == 1


async def test_more_joins_the_turn_until_the_answer_is_heard() -> None:
    async with FloorRoom([1.0, "No."], [1.0, "No."], ["All three."]) as room:
        for text in ("one", "two", "three"):
            room.ask(text)
            await asyncio.sleep(0.3)
        assert (await room.ended()).heard == "All three."
        assert room.agent.turns[-1].text == "one two three"


async def test_what_is_asked_over_an_audible_answer_is_a_new_turn() -> None:
    async with FloorRoom(["The first."], ["The second."]) as room:
        room.ask("Jarvis, one.")
        await room.began()
        room.ask("Jarvis, two.")
        first, second = await room.ended(1), await room.ended(2)
        assert [turn.text for turn in room.agent.turns] == ["Jarvis, one.", "Jarvis, two."]
        assert (first.heard, second.heard) == ("The first.", "The second.")
        assert not first.interrupted
        assert room.loudspeaker.playbacks[0].log == [], "the second did not cut the first off"


async def test_each_turn_is_answered_by_the_agent_it_was_meant_for() -> None:
    async with FloorRoom(["Yes."]) as room:
        room.ask("Jarvis, are you there?", ANN, JARVIS)
        room.ask("Sage, are you there?", BEN, SAGE)
        await room.ended(2)
        assert [voice for voice, _ in room.voice.spoken] == ["jarvis", "sage"]
        assert [event.speaker for event in room.all(ReplyEnded)] == [ANN, BEN]


async def test_a_reply_gets_a_line_in_the_transcript() -> None:
    async with FloorRoom(["I am fine. And you?"]) as room:
        room.ask("Jarvis, how are you?")
        ended = await room.ended()
        (line,) = room.transcript
        assert isinstance(line, SpokenReply)
        assert line.heard == line.text == ended.text == "I am fine. And you?"
        assert [event.text for event in room.all(SentenceBegan)] == ["I am fine.", "And you?"]


async def test_a_sentence_begins_with_its_sound_and_not_when_its_audio_is_made() -> None:
    async with FloorRoom(["I am fine. And you?"]) as room:
        room.ask("Jarvis, how are you?")
        await room.ended()
        first, second = room.all(SentenceBegan)
        (began,) = room.all(ReplyBegan)
        assert room.voice.spoken[1][1] == second.text
        length_s = room.loudspeaker.playbacks[0].played_ms / 1000
        assert first.at == pytest.approx(began.at, abs=0.05)
        share = len(first.text) / (len(first.text) + len(second.text))
        assert second.at - first.at == pytest.approx(length_s * share, abs=0.05)


async def test_reply_began_is_emitted_with_the_first_frame() -> None:
    async with FloorRoom([1.0, "I am fine."]) as room:
        room.ask("Jarvis, how are you?")
        asked = room.clock()
        await room.ended()
        (began,) = room.all(ReplyBegan)
        assert began.at - asked > 1.0
        assert room.loudspeaker.playbacks[0].first_sent_at == began.at
        assert began.latency.at("first_frame") == began.at


async def test_too_many_turns_of_one_speaker_drop_their_oldest_and_they_are_told() -> None:
    async with FloorRoom([2.0, "Yes."], ["Yes."]) as room:
        room.ask("the one that is answered", BEN)
        await asyncio.sleep(0.02)
        for number in range(MAX_OF_ONE + 1):
            room.ask(f"{number}" * LONGEST_JOINED)
        (failed,) = room.all(ReplyFailed)
        assert failed.speaker == ANN
        assert "too many turns were waiting" in failed.why
        assert failed.notice == notices.too_much("en")
        await room.ended(1 + MAX_OF_ONE)
        assert [turn.text[:1] for turn in room.agent.turns] == ["t", "1", "2", "3"]
        assert room.voice.spoken[0] == ("jarvis", failed.notice)


# -- unexpected errors -------------------------------------------------------------------------


async def test_an_unexpected_error_of_a_reply_is_reported_and_the_next_turn_is_answered(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with FloorRoom(["I am fine."]) as room:
        with monkeypatch.context() as patch:
            patch.setattr(room.loudspeaker, "open", lambda: None)
            patch.setattr(SentenceSpeaker, "_record_failure", _broken)
            room.ask("Jarvis, how are you?")
            await room.ended()
        (failed,) = room.all(ReplyFailed)
        assert "ZeroDivisionError" in failed.why
        room.ask("Jarvis, how are you?")
        assert (await room.ended(2)).heard == "I am fine."
    assert "Traceback" in caplog.text


async def test_a_failing_transcript_does_not_end_the_floor(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with FloorRoom(["I am fine."]) as room:
        with monkeypatch.context() as patch:
            patch.setattr(room.transcript, "add_reply", _broken)
            room.ask("Jarvis, how are you?")
            await asyncio.sleep(5)
        assert room.floor.reply is None
        room.ask("Jarvis, how are you?")
        assert (await room.ended()).heard == "I am fine."
    assert "Traceback" in caplog.text


def _broken(*_: object) -> None:
    raise ZeroDivisionError


# -- the last reply and canned words -----------------------------------------------------------


async def test_the_unheard_part_of_a_stopped_reply_is_known() -> None:
    async with FloorRoom(["One is here. ", "Two is here. ", "Three is here."]) as room:
        room.ask("Jarvis, count.")
        await room.began()
        await asyncio.sleep(0.3)
        room.floor.stop()
        heard = (await room.ended()).heard
        last = room.floor.last_reply
        assert last is not None
        assert last.persona == JARVIS
        assert last.text == "One is here. Two is here. Three is here."
        assert f"{heard} {last.unheard}".strip() == last.text
        assert last.unheard


async def test_dropped_turns_are_not_answered() -> None:
    async with FloorRoom(["The first."], ["The second."]) as room:
        room.ask("Jarvis, one.", ANN)
        await room.began()
        room.ask("Jarvis, two.", ANN)
        room.ask("Jarvis, three.", BEN)
        room.floor.drop_waiting(ANN.id)
        await room.ended(2)
        assert [turn.text for turn in room.agent.turns] == ["Jarvis, one.", "Jarvis, three."]


async def test_canned_words_ask_no_agent_and_only_repeatable_ones_become_the_last_reply() -> None:
    async with FloorRoom() as room:
        turn = AgentTurn("sage", "", ANN)
        room.floor.say(lambda: "It is late.", turn, SAGE, TurnLatency())
        room.floor.say(lambda: "I am listening.", turn, SAGE, TurnLatency(), repeatable=False)
        await room.ended(2)
        assert room.voice.spoken == [("sage", "It is late."), ("sage", "I am listening.")]
        assert room.agent.turns == []
        assert room.floor.last_reply is not None
        assert room.floor.last_reply.text == "It is late."


async def test_canned_words_are_asked_for_when_their_turn_is_served() -> None:
    words = ["It is late."]
    agent: Agent = CannedReply(lambda: words[-1])
    answer = agent.reply(AgentTurn("jarvis", "Repeat that.", ANN))
    words.append("It is early.")
    assert [delta.text async for delta in answer] == ["It is early."]
