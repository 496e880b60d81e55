"""Voice commands in a whole room: they act at once and without the agent."""

from __future__ import annotations

import asyncio
from typing import Self

import pytest

from pipeline.events import AgentSwitched, ReplyBegan, ReplyEnded, ReplyResumed, TurnDecided
from pipeline.ports import Speaker
from pipeline.settings import ControlSettings, PipelineSettings, ReplySettings
from testing.room import ANN, BEN, SAGE, FakeRoom

pytestmark = pytest.mark.virtual_time


NEWS = "Jarvis, read me the news."
SENTENCES = (
    "Here is the news, sir.",
    "The harbor festival opens on Saturday morning.",
    "The old bridge is closed until next week.",
)
TIME = "Jarvis, what time is it?"
SEVEN = "It is half past seven, sir."


class Newsreader(FakeRoom):
    """A room whose Jarvis knows the news and the time, and whose Sage knows a story."""

    async def __aenter__(self) -> Self:
        self.agent.answers |= {
            NEWS: " ".join(SENTENCES),
            TIME: SEVEN,
            "Tell me a story.": "Once upon a time there was a village by the sea.",
        }
        await super().__aenter__()
        return self

    async def tell(self, speaker: Speaker, text: str, seconds: float = 1.0) -> TurnDecided:
        """Say something and wait until it is understood."""
        seen = len(self.events)
        await self.say(speaker, text, seconds)
        return await self.until(TurnDecided, after=seen)

    async def hear_out(self, speaker: Speaker, text: str) -> ReplyEnded:
        """Say something and wait for the end of the reply."""
        seen = len(self.events)
        await self.say(speaker, text)
        return await self.until(ReplyEnded, after=seen)

    async def interrupt(self, text: str = "Jarvis, stop.") -> ReplyEnded:
        """Ann asks for the news; Ben says ``text`` over the second sentence."""
        seen = len(self.events)
        await self.say(ANN, NEWS)
        await self.until(ReplyBegan, after=seen)
        await asyncio.sleep(2.0)
        return await self.cut_in(BEN, text)

    async def cut_in(self, speaker: Speaker, text: str) -> ReplyEnded:
        """Speak over the reply; return when that was understood and the reply has ended."""
        seen = len(self.events)
        await self.tell(speaker, text, 0.5)
        return await self.until(ReplyEnded, after=seen)

    @property
    def asked(self) -> list[str]:
        """The turns that reached the agents."""
        return [turn.text for turn in self.agent.turns]

    @property
    def spoken(self) -> list[str]:
        return [text for _, text in self.synthesizer.spoken]


# -- stop ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["Jarvis, stop.", "Never mind.", "Hör auf.", "Sage, stop."])
async def test_stop_ends_a_reply_and_nothing_else_happens(words: str) -> None:
    async with Newsreader() as talk:
        assert (await talk.interrupt(words)).interrupted
        heard = talk.all(TurnDecided)[-1]
        assert heard.addressed
        assert heard.reasons == ("asks for silence",)
        await asyncio.sleep(5)
        assert talk.asked == [NEWS]


async def test_never_mind_ends_a_reply_before_its_first_sound() -> None:
    async with Newsreader() as talk:
        talk.agent.first_ms = 10_000
        await talk.say(ANN, NEWS)
        await asyncio.sleep(1.0)
        await talk.say(ANN, "Jarvis, never mind.")
        assert (await talk.until(ReplyEnded)).interrupted
        assert talk.agent.aborted == [NEWS]
        assert talk.spoken == []


async def test_stop_drops_the_waiting_turns_of_its_speaker_only() -> None:
    async with Newsreader() as talk:
        talk.agent.first_ms = 6000
        await talk.tell(ANN, NEWS)
        await talk.tell(ANN, "Ask Sage to tell me a story.")
        await talk.tell(BEN, TIME)
        await talk.say(ANN, "Jarvis, stop.")
        ended = [await talk.until(ReplyEnded)]
        ended.append(await talk.until(ReplyEnded, after=len(talk.events)))
        await asyncio.sleep(10)
        assert [end.speaker for end in ended] == [ANN, BEN]
        assert talk.asked == [NEWS, TIME]


async def test_stop_that_interrupted_one_reply_does_not_stop_the_next() -> None:
    settings = PipelineSettings(reply=ReplySettings(acknowledge_after_s=0))
    async with Newsreader(settings) as talk:
        talk.agent.first_ms = 2500
        await talk.say(ANN, NEWS)
        await talk.tell(BEN, TIME)
        await talk.until(ReplyBegan)
        talk.agent.first_ms = 50
        seen = len(talk.events)
        # A partial transcript interrupts; the final one comes when the next reply has begun.
        await talk.say(ANN, "Jarvis, stop.", 2.0)
        first = await talk.until(ReplyEnded, after=seen)
        second = await talk.until(ReplyEnded, after=talk.events.index(first) + 1)
        assert (first.speaker, first.interrupted) == (ANN, True)
        assert (second.speaker, second.heard, second.interrupted) == (BEN, SEVEN, False)


async def test_stop_without_a_reply_does_not_reach_the_agent() -> None:
    async with Newsreader() as talk:
        await talk.tell(ANN, "Jarvis, stop.")
        await asyncio.sleep(5)
        assert talk.asked == []


async def test_a_command_without_a_name_outside_an_exchange_is_ignored() -> None:
    async with Newsreader() as talk:
        assert not (await talk.tell(BEN, "Louder, please.")).addressed
        assert talk.loudspeaker.gain_db == 0.0


# -- louder, quieter -----------------------------------------------------------------------------


async def test_louder_over_a_reply_changes_its_volume_and_does_not_stop_it() -> None:
    async with Newsreader() as talk:
        ended = await talk.interrupt("Louder, please.")
        assert not ended.interrupted
        assert ended.heard == " ".join(SENTENCES)
        assert talk.loudspeaker.gain_db == 4.0
        assert talk.all(ReplyResumed)
        assert talk.asked == [NEWS]


async def test_the_volume_changes_in_steps_between_its_limits() -> None:
    control = ControlSettings(volume_step_db=6.0, quietest_db=-9.0, loudest_db=6.0)
    async with Newsreader(PipelineSettings(control=control)) as talk:
        reached = []
        for words in ("Jarvis, quieter.", "Sage, quieter.", "Lauter, bitte, Jarvis."):
            await talk.tell(ANN, words)
            reached.append(talk.loudspeaker.gain_db)
        assert reached == [-6.0, -9.0, -3.0]
        assert talk.asked == []


# -- repeat, go on -------------------------------------------------------------------------------


async def test_repeat_speaks_the_last_reply_in_the_voice_of_its_agent() -> None:
    async with Newsreader() as talk:
        await talk.hear_out(ANN, TIME)
        talk.room.use_agent(SAGE)
        ended = await talk.hear_out(ANN, "Repeat that, please.")
        assert (ended.agent, ended.heard) == ("jarvis", SEVEN)
        assert talk.synthesizer.spoken == [("jarvis", SEVEN), ("jarvis", SEVEN)]
        assert talk.asked == [TIME]


async def test_repeat_over_a_reply_restarts_it() -> None:
    async with Newsreader() as talk:
        await talk.hear_out(ANN, TIME)
        assert (await talk.interrupt("Jarvis, repeat that.")).interrupted
        again = await talk.until(ReplyEnded, after=len(talk.events))
        assert again.heard == " ".join(SENTENCES)
        assert talk.asked == [TIME, NEWS]


async def test_repeat_without_a_last_reply_goes_to_the_agent() -> None:
    async with Newsreader() as talk:
        await talk.hear_out(ANN, "Jarvis, repeat that.")
        assert talk.asked == ["Jarvis, repeat that."]


async def test_go_on_speaks_the_unheard_rest() -> None:
    async with Newsreader() as talk:
        stopped = await talk.interrupt()
        rest = await talk.hear_out(ANN, "Jarvis, please go on.")
        assert not rest.interrupted
        assert f"{stopped.heard} {rest.heard}" == " ".join(SENTENCES)
        assert talk.asked == [NEWS]


async def test_go_on_can_be_stopped_and_continued_again() -> None:
    async with Newsreader() as talk:
        parts = [(await talk.interrupt()).heard]
        seen = len(talk.events)
        await talk.say(ANN, "Jarvis, please go on.")
        await talk.until(ReplyBegan, after=seen)
        await asyncio.sleep(1.0)
        parts.append((await talk.cut_in(ANN, "Stop.")).heard)
        parts.append((await talk.hear_out(ANN, "Please go on.")).heard)
        assert " ".join(parts) == " ".join(SENTENCES)


async def test_go_on_over_a_reply_does_not_stop_it() -> None:
    async with Newsreader() as talk:
        ended = await talk.interrupt("Please go on.")
        assert not ended.interrupted
        assert talk.asked == [NEWS]
        await asyncio.sleep(5)
        assert len(talk.all(ReplyEnded)) == 1


async def test_go_on_after_a_heard_or_old_reply_goes_to_the_agent() -> None:
    async with Newsreader() as talk:
        await talk.hear_out(ANN, TIME)
        await talk.hear_out(ANN, "Jarvis, please go on.")
        await talk.interrupt()
        await asyncio.sleep(121)
        await talk.hear_out(ANN, "Jarvis, please go on.")
        go_on = "Jarvis, please go on."
        assert talk.asked == [TIME, go_on, NEWS, go_on]


# -- other agents --------------------------------------------------------------------------------


async def test_ask_sage_relays_one_turn_to_sage_in_its_voice() -> None:
    async with Newsreader() as talk:
        ended = await talk.hear_out(ANN, "Ask Sage to tell me a story.")
        assert ended.agent == "sage"
        assert ended.heard == "Once upon a time there was a village by the sea."
        await talk.hear_out(ANN, TIME)
        assert [(turn.agent, turn.text) for turn in talk.agent.turns] == [
            ("sage", "Tell me a story."),
            ("jarvis", TIME),
        ]
        assert [voice for voice, _ in talk.synthesizer.spoken] == ["sage", "jarvis"]


@pytest.mark.parametrize(
    ("words", "language", "answer"),
    [("Switch to Sage.", "en", "I am listening."), ("Wechsle zu Sage.", "de", "Ich höre zu.")],
)
async def test_switch_to_sage_is_confirmed_in_its_voice_and_emitted(
    words: str, language: str, answer: str
) -> None:
    async with Newsreader() as talk:
        talk.models.language = language
        await talk.hear_out(ANN, words)
        (chosen,) = talk.all(AgentSwitched)
        assert (chosen.agent, chosen.speaker) == ("sage", ANN)
        assert talk.synthesizer.spoken == [("sage", answer)]
        assert talk.room.persona.agent == "sage"
        await talk.hear_out(ANN, "Sage, who are you?")
        assert [turn.agent for turn in talk.agent.turns] == ["sage"]


async def test_repeat_does_not_repeat_a_confirmation() -> None:
    async with Newsreader() as talk:
        await talk.hear_out(ANN, TIME)
        await talk.hear_out(ANN, "Switch to Sage.")
        assert (await talk.hear_out(ANN, "Sage, repeat that.")).heard == SEVEN
