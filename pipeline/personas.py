"""The settings of the agents that people can talk with: names, voice, speed, style."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from pipeline.ports import Persona, Voice

_AGENT_NAME: Final = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")


class AgentSettings(BaseModel):
    """One agent; the key above it is the agent's id at the Gateway."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    display_name: Annotated[str, Field(min_length=1, max_length=80)] | None = None
    """The name that members call it by and that messages show. Default: its id with a capital
    letter."""
    voice: Annotated[str, Field(min_length=1)] | None = None
    """A voice of the speech server. The embedded server has jarvis, sage, and all of espeak's, such
    as espeak:en-us+f4. Empty chooses a different voice of the server for each agent, and so do
    `jarvis` and `sage` where the server has neither."""
    speed: Annotated[float, Field(ge=0.5, le=2.0)] = 1.0
    """How fast it speaks: 1.0 is the voice's natural pace."""
    style: Annotated[str, Field(max_length=500)] = ""
    """How it speaks, in words such as "calm and dry", for a speech server that follows OpenAI's
    `instructions`. Other servers ignore it, and so does the embedded one."""
    aliases: tuple[Annotated[str, Field(min_length=1, max_length=80)], ...] = ()
    """Other names that it answers to. Words that sound like its name need no alias."""

    def persona(self, agent: str) -> Persona:
        """The settings as the persona of the agent with this id."""
        name = self.display_name or agent.replace("-", " ").replace("_", " ").title()
        voice = Voice(self.voice or "", self.speed, self.style, agent)
        return Persona(agent, name, voice, self.aliases)


def _agent_name(name: str) -> str:
    if not _AGENT_NAME.fullmatch(name) or len(name) > 64:
        raise ValueError(
            "this is not an agent id: small letters and digits, between them single '-' and '_', "
            "64 characters at most"
        )
    return name


AgentName: TypeAlias = Annotated[str, AfterValidator(_agent_name)]
"""Lower case, as the Gateway stores it, and without the ``__`` that separates the parts of an
environment variable."""

Agents: TypeAlias = Annotated[Mapping[AgentName, AgentSettings], Field(min_length=1)]

DEFAULT_AGENTS: Final[Mapping[str, AgentSettings]] = MappingProxyType(
    {"jarvis": AgentSettings(voice="jarvis"), "sage": AgentSettings(voice="sage")}
)


def personas(agents: Mapping[str, AgentSettings], default: str) -> dict[str, Persona]:
    """The persona of every agent, by its id.

    ``default`` is the agent that answers first. If it has no settings, it is added with the default
    ones: the Gateway may have agents without settings here.
    """
    known = {**agents, default: agents.get(default, AgentSettings())}
    return {name: agent.persona(name) for name, agent in known.items()}
