"""Questions of agents in a call on Discord: read out, answered by voice or by a button."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app.people.prompts import Heard, RoomPrompts
from app.people.questions import RoomQuestions, heard_answer
from openclaw_client import OpenClawClient
from openclaw_client.node.rooms import Guild, Person
from openclaw_client.questions import Question, QuestionDesk, QuestionRecord
from pipeline.language.utterance import ParsedUtterance
from simulators.gateway import GatewaySimulator
from simulators.gateway.agents import ScriptedAnswer, SimulatedAgent, ToolUse
from testing.calls import Calls, ListeningRoom, calls
from testing.fake_rooms import FakeRooms, room
from testing.gateways import TOKEN, config_for
from testing.waiting import eventually

DEPLOY: dict[str, Any] = {
    "id": "deploy",
    "header": "Deploy",
    "question": "Where shall I deploy it?",
    "options": [
        {"label": "Staging (Recommended)", "description": "the test machine"},
        {"label": "Production"},
    ],
}
COLOURS: dict[str, Any] = {
    "id": "colours",
    "header": "Colours",
    "question": "Which colours?",
    "options": [{"label": "Red"}, {"label": "Blue"}],
    "multiSelect": True,
}


class Asker(SimulatedAgent):
    """Asks before every answer."""

    id, name = "jarvis", "Jarvis"

    def __init__(self, *questions: dict[str, Any]) -> None:
        self.tool = ToolUse("ask_user", {"questions": list(questions)}, ScriptedAnswer)

    def speak(self, words: str, memory: Any) -> ScriptedAnswer:
        return ScriptedAnswer("", tool=self.tool)


class Rig:
    def __init__(
        self, c: Calls, gateway: GatewaySimulator, client: OpenClawClient, rooms: FakeRooms
    ) -> None:
        self.c, self.gateway, self.client, self.rooms = c, gateway, client, rooms
        self.answers: list[str] = []

    @property
    def room(self) -> ListeningRoom:
        return self.c.rooms[-1]

    async def turn(self) -> None:
        """Alice's turn, to its end."""
        speaker = (str(self.c.alice.id), "Alice")
        self.answers.append(await self.client.send_message("jarvis", "Deploy it.", speaker=speaker))

    async def asked(self, words: str) -> None:
        await eventually(lambda: any(words in each for each in self.room.said))


@asynccontextmanager
async def rig(*questions: dict[str, Any], scope: bool = True) -> AsyncIterator[Rig]:
    async with (
        calls(dave=False) as c,
        GatewaySimulator(token=TOKEN, agents=[Asker(*questions or (DEPLOY,))]) as gateway,
        OpenClawClient(
            config_for(gateway.url, answer_questions=scope), guild_id=str(c.guild.id)
        ) as client,
    ):
        await c.call_in()
        guild = Guild(c.guild.id, "A server")
        rooms = FakeRooms(room(guild, Person(c.alice.id, "Alice")), guilds=[guild])
        prompts = RoomPrompts(c.bot)
        desk = RoomQuestions(c.bot, client.gateway, rooms, prompts)
        try:
            yield Rig(c, gateway, client, rooms)
        finally:
            await desk.close()
            await prompts.close()


async def test_it_is_read_out_with_its_choices_and_answered_by_voice() -> None:
    async with rig() as r:
        turn = r.c.bot.loop.create_task(r.turn())
        await r.asked("Where shall I deploy it?")
        assert r.room.said[-1] == ("Where shall I deploy it? The choices: Staging and Production.")
        assert not r.room.hear_words(r.c.ben.id, "The second one."), "it is Alice's session"
        assert r.room.hear_words(r.c.alice.id, "The first one, please.")
        await turn
        assert "Staging (Recommended)" in r.answers[0], "as the agent had written it"


async def test_a_button_answers_and_the_message_says_that() -> None:
    async with rig() as r:
        turn = r.c.bot.loop.create_task(r.turn())
        await r.c.until(lambda: "asks" in r.c.sim.messages(r.c.room)[-1].content)
        posted = r.c.sim.messages(r.c.room)[-1]
        assert (
            posted.content
            == (
                "Jarvis asks: **Where shall I deploy it?**\n"
                "- **Staging** the test machine\n"
                "- **Production** "
            ).rstrip()
        )
        await r.c.alice.click(posted, "Production")
        await turn
        assert "Production" in r.answers[0]
        await r.c.until(lambda: posted.edits)
        assert posted.content.endswith("-# Alice has answered: Production")


async def test_own_words_count_when_they_are_for_the_agent() -> None:
    async with rig() as r:
        turn = r.c.bot.loop.create_task(r.turn())
        await r.asked("Where")
        assert not r.room.hear_words(r.c.alice.id, "On my own machine under the desk.")
        assert r.room.hear_words(r.c.alice.id, "On my own machine under the desk.", addressed=True)
        await turn
        assert "On my own machine under the desk." in r.answers[0]


async def test_several_questions_are_asked_one_after_the_other() -> None:
    async with rig(COLOURS, DEPLOY) as r:
        turn = r.c.bot.loop.create_task(r.turn())
        await r.asked("Which colours?")
        assert r.room.hear_words(r.c.alice.id, "Red and blue.")
        await r.asked("Where shall I deploy it?")
        assert r.room.hear_words(r.c.alice.id, "Production.")
        await turn
        assert "Colours: Red, Blue" in r.answers[0]
        assert "Deploy: Production" in r.answers[0]


async def test_a_skipped_question_lets_the_agent_go_on() -> None:
    async with rig() as r:
        turn = r.c.bot.loop.create_task(r.turn())
        await r.c.until(lambda: "asks" in r.c.sim.messages(r.c.room)[-1].content)
        await r.c.alice.click(r.c.sim.messages(r.c.room)[-1], "Skip")
        await turn
        assert "no_answer" in r.answers[0]


async def test_an_answer_elsewhere_withdraws_it_here() -> None:
    async with rig() as r:
        turn = r.c.bot.loop.create_task(r.turn())
        await r.asked("Where")
        (record,) = r.gateway.people.questions.listed()
        r.gateway.people.questions.resolve(record["id"], {"answers": {"deploy": ["Production"]}})
        await turn
        await eventually(lambda: not r.room.hear_words(r.c.alice.id, "The first one."))


async def test_a_lost_connection_does_not_lose_the_answer() -> None:
    async with rig() as r:
        turn = r.c.bot.loop.create_task(r.turn())
        await r.asked("Where")
        r.gateway.drop_connections()
        assert r.room.hear_words(r.c.alice.id, "The first one.")
        await turn
        assert "Staging" in r.answers[0]
        assert len([each for each in r.room.said if "Where" in each]) == 1


async def test_it_waits_for_the_call_of_its_session() -> None:
    async with rig() as r:
        there, r.rooms.calls = r.rooms.calls, []
        turn = r.c.bot.loop.create_task(r.turn())
        await eventually(r.gateway.people.questions.listed)
        assert not [each for each in r.room.said if "Where" in each]
        r.rooms.calls = there
        await r.asked("Where")
        assert r.room.hear_words(r.c.alice.id, "The first one.")
        await turn


class Later:
    """A `QuestionListener` of another bot."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def asked(self, record: QuestionRecord) -> None:
        self.seen.append(record.id)

    def ended(self, ident: str) -> None: ...

    def only_open(self, idents: Sequence[str]) -> None: ...


async def test_a_bot_that_starts_later_is_told_what_is_still_open() -> None:
    async with rig() as r:
        turn = r.c.bot.loop.create_task(r.turn())
        await r.asked("Where")
        later = Later()
        async with OpenClawClient(config_for(r.gateway.url, answer_questions=True)) as another:
            questions = QuestionDesk(another.gateway, later)
            await eventually(lambda: later.seen)
            await questions.close()
        assert r.room.hear_words(r.c.alice.id, "The first one.")
        await turn


async def test_without_the_setting_agents_cannot_ask() -> None:
    async with rig(scope=False) as r:
        await r.turn()
        assert "Session-scoped access" in r.answers[0]
        assert not [each for each in r.room.said if "Where" in each]


QUESTION = Question.model_validate(
    {
        "questionId": "q",
        "question": "Which?",
        "options": [{"label": "Red"}, {"label": "Blue"}],
        "isOther": True,
    }
)


@pytest.mark.parametrize(
    ("words", "alone", "addressed", "answer"),
    [
        ("Red.", False, False, (0,)),
        ("I'd take the blue one.", False, False, (1,)),
        ("My neighbour has bought a red car in May.", False, False, None),
        ("My neighbour has bought a red car in May.", True, False, (0,)),
        ("None of them.", False, True, "None of them."),
        ("None of them.", False, False, None),
        ("Red or blue?", False, False, None),
    ],
)
def test_what_words_answer(words: str, alone: bool, addressed: bool, answer: object) -> None:
    heard = Heard(ParsedUtterance(1, words, "en"), alone, addressed)
    assert heard_answer(heard, ["Red", "Blue"], QUESTION) == answer
