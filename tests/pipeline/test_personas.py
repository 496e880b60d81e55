from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from pipeline.personas import DEFAULT_AGENTS, Agents, AgentSettings, personas
from pipeline.ports import Persona, Voice

ADAPTER: TypeAdapter[Agents] = TypeAdapter(Agents)


def test_the_default_agents_have_voices_of_their_own() -> None:
    assert personas(DEFAULT_AGENTS, "jarvis") == {
        "jarvis": Persona("jarvis", "Jarvis", Voice("jarvis")),
        "sage": Persona("sage", "Sage", Voice("sage")),
    }


def test_a_default_agent_without_settings_is_added() -> None:
    known = personas(DEFAULT_AGENTS, "main")
    assert list(known) == ["jarvis", "sage", "main"]
    assert known["main"] == Persona("main", "Main", Voice(""))


def test_the_default_agent_keeps_its_own_settings_and_its_place() -> None:
    agents = {"main": AgentSettings(display_name="Hal", voice="sage"), "sage": AgentSettings()}
    known = personas(agents, "main")
    assert list(known) == ["main", "sage"]
    assert known["main"] == Persona("main", "Hal", Voice("sage"))


def test_the_display_name_may_differ_from_the_id() -> None:
    agent = AgentSettings(display_name="The Butler", speed=1.2, aliases=("butler",))
    assert agent.persona("main") == Persona("main", "The Butler", Voice("", 1.2), ("butler",))
    assert AgentSettings().persona("old_mister-j").name == "Old Mister J"


def test_each_agent_speaks_in_its_own_way() -> None:
    agent = AgentSettings(voice="sage", speed=0.9, style="calm and dry")
    assert agent.persona("main").voice == Voice("sage", 0.9, "calm and dry")


@pytest.mark.parametrize("name", ["Jarvis", "a__b", "_a", "a-", "a b", ""])
def test_a_name_that_the_gateway_or_the_environment_could_not_write_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        ADAPTER.validate_python({name: {}})


def test_there_is_at_least_one_agent() -> None:
    with pytest.raises(ValidationError):
        ADAPTER.validate_python({})


def test_a_voice_carries_the_id_of_its_agent() -> None:
    assert AgentSettings().persona("main").voice.agent == "main"
    assert AgentSettings(voice="sage").persona("max").voice.agent == "max"
