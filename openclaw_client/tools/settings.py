"""The settings of the Gateway's tools that the bot may call."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

ToolName: TypeAlias = Literal["web_search"]
"""Those that a part of the bot calls."""


class ImportSettings(BaseModel):
    """Tools of the Gateway that the bot calls by itself, without an agent's turn."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    allow: tuple[ToolName, ...] = ()
    """The tools that the bot may call. At the start it looks whether the agent has them, and warns
    of those that it does not have."""
    search_by_voice: bool = False
    """Whether "search the web for ..." is answered by `web_search` alone, which is faster than an
    agent's turn. `allow` must have it."""
    timeout_s: Annotated[float, Field(ge=1, le=120)] = 20.0
    """Seconds that a tool may take."""

    @model_validator(mode="after")
    def _search_is_allowed(self) -> ImportSettings:
        if self.search_by_voice and "web_search" not in self.allow:
            raise ValueError("search_by_voice: allow must list web_search")
        return self
