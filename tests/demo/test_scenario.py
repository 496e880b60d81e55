"""The demo scenario: its contents, and that each failure of the bot is recorded."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable

import pytest
from rich.console import Console

from demo.scenario import LONGEST_S, DemoScenario, ScenarioReport
from demo.script import FIXTURE, REAL, DemoScript
from demo.timeline import Timeline
from models.fixture.phrases import sentences
from testing.harness import VOICES
from tests.demo.cast import LISTEN_S, Behaviour, Cast

pytestmark = pytest.mark.virtual_time


async def perform(
    behaviour: Behaviour | None = None,
    look: Callable[[Cast], None] = lambda _: None,
    script: DemoScript = FIXTURE,
) -> tuple[ScenarioReport, str]:
    """Play on a cast of that behaviour; the notes, and the lines that were printed."""
    out = io.StringIO()
    cast = Cast(behaviour, script)
    notes = await DemoScenario(cast, Timeline(Console(file=out, width=120)), script).run()
    look(cast)
    return notes, out.getvalue()


# -- the scenario itself ------------------------------------------------------------------------


async def test_when_all_goes_well_there_is_nothing_to_note() -> None:
    notes, _ = await perform()
    assert notes.faults == []
    assert [answer.listener for answer in notes.answers] == [
        "Alice",
        "Bob",
        "Bob",
        "Alice",
        "Alice",
        "Alice",
    ]
    assert [answer.interrupted for answer in notes.answers] == [False] * 5 + [True]
    assert len(notes.latencies) == 5


async def test_every_sentence_that_is_spoken_is_one_that_the_fixture_model_knows() -> None:
    known = {phrase.text for phrase in sentences()}
    spoken: set[str] = set()
    notes, _ = await perform(look=lambda cast: spoken.update(text for _, text in cast.said))
    answered = {sentence for answer in notes.answers for sentence in answer.expected}
    assert len(spoken) >= 8
    assert spoken <= known
    assert answered <= known


async def test_whoever_speaks_has_a_voice() -> None:
    people: set[str] = set()
    await perform(look=lambda cast: people.update(name for name, _ in cast.said))
    assert people == {"Alice", "Bob"}
    assert people <= set(VOICES)


async def test_it_shows_what_it_is_to_show() -> None:
    commands: list[str] = []
    _, printed = await perform(look=lambda cast: commands.extend(cast.commands))
    assert commands == ["join", "agent sage", "leave"]
    assert printed.count("\n\n") >= 6, "a scene each"
    assert "I am in #Living room." in printed, "mentions are shown as Discord shows them"
    assert "the room is silent" in printed


async def test_two_people_do_speak_at_the_same_time() -> None:
    order: list[tuple[str, str]] = []
    await perform(look=lambda cast: order.extend(cast.said))
    at = order.index(("Alice", "Jarvis, turn on the kitchen lights."))
    assert ("Bob", "Alice, I will be right back.") in order[at - 1 : at + 2]


async def test_the_wait_is_measured_where_the_people_are() -> None:
    notes, _ = await perform()
    expected = [LISTEN_S * 1000] * len(notes.latencies)
    assert notes.at_the_socket_ms == pytest.approx(expected, abs=30)


async def test_the_real_script_has_free_talk_and_a_pause() -> None:
    said: list[tuple[str, str]] = []
    notes, printed = await perform(look=lambda cast: said.extend(cast.said), script=REAL)
    assert notes.faults == []
    known = {phrase.text for phrase in sentences()}
    assert sum(text not in known for _, text in said) >= 8
    assert "A pause in the middle of a sentence" in printed
    assert len(notes.answers) == 7


async def test_misheard_words_of_the_real_script_are_reported() -> None:
    question = REAL.questions[0].question
    heard = Behaviour(mishears={question: "Hey Jarvis, how long should I boil in egg?"})
    notes, _ = await perform(heard, script=REAL)
    assert notes.faults == []
    assert notes.misheard == [
        f"Alice said “{question}”, the bot heard “Hey Jarvis, how long should I boil in egg?”"
    ]


@pytest.mark.parametrize("script", [FIXTURE, REAL])
async def test_every_line_that_is_said_is_prepared(script: DemoScript) -> None:
    said: set[tuple[str, str]] = set()
    await perform(look=lambda cast: said.update(cast.said), script=script)
    assert said == set(script.lines)


async def test_marks_and_case_are_not_misheard() -> None:
    question = REAL.questions[0].question
    heard = Behaviour(mishears={question: "hey jarvis how long should I boil an egg"})
    notes, _ = await perform(heard, script=REAL)
    assert (notes.faults, notes.misheard) == ([], [])


# -- what goes wrong ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("behaviour", "fault"),
    [
        (Behaviour(hears=False), "expected that Bob is heard saying “Alice, are you coming"),
        (
            Behaviour(mishears={"Jarvis, what time is it?": "Jarvis, what is it?"}),
            "Alice said “Jarvis, what time is it?”, the bot heard “Jarvis, what is it?”",
        ),
        (
            Behaviour(takes_for_itself=frozenset(["Alice, are you coming to the party?"])),
            "“Alice, are you coming to the party?” was not for the bot, and was taken otherwise",
        ),
        (
            Behaviour(takes_for_itself=frozenset(["Alice, I will be right back."])),
            "“Alice, I will be right back.” was not for the bot, and was taken otherwise",
        ),
        (Behaviour(answers=False), "expected that “Jarvis, what time is it?” is answered: "),
        (Behaviour(sounds=False), "a sound of the bot"),
        (
            Behaviour(goes_on_after_uh_huh=False),
            "expected that the story goes on after “uh huh”: no ReplyResumed within 8 s",
        ),
        (Behaviour(stops=False), "“Sage, stop.” did not stop the story"),
        (Behaviour(aborts=False), "the Gateway was not told to abort the story"),
        (Behaviour(answers_commands=False), "/join: the application did not respond"),
        (Behaviour(leaves=False), "the bot is still in the call after /leave"),
    ],
)
async def test_a_failure_is_recorded_and_the_scenario_continues(
    behaviour: Behaviour, fault: str
) -> None:
    ended: list[str] = []
    notes, _ = await perform(behaviour, lambda cast: ended.append(cast.commands[-1]))
    assert any(noted.startswith(fault) for noted in notes.faults), notes.faults
    assert ended == ["leave"], "the scenario ran to its end"


async def test_a_wrong_answer_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "simulators.gateway.agents.ScriptedAgent.answer", lambda *_: ("I do not know.",)
    )
    notes, _ = await perform()
    assert "“Jarvis, what time is it?” was answered “I do not know.”" in notes.faults


async def test_a_scenario_in_which_nothing_works_still_ends() -> None:
    clock = asyncio.get_running_loop().time
    cast = Cast(Behaviour(hears=False, answers_commands=False))
    began = clock()
    notes = await DemoScenario(cast, Timeline(Console(file=io.StringIO())), FIXTURE).run()
    notes, took = notes, clock() - began
    assert len(notes.faults) >= 5
    assert took <= LONGEST_S


async def test_a_scenario_that_hangs_times_out() -> None:
    cast = Cast()

    async def hang(*_: object) -> None:
        await asyncio.Event().wait()

    cast.run = hang  # type: ignore[assignment, method-assign]
    notes = await DemoScenario(cast, Timeline(Console(file=io.StringIO())), FIXTURE).run()
    assert notes.faults == [f"the scenario had not ended after {LONGEST_S:g} s"]
