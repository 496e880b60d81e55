"""The arguments of the tools that the bot may call.

``tools.effective`` tells no parameters, so they are written by hand, after OpenClaw 2026.9.6. The
Gateway does not check them for every tool.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from openclaw_client.tools.settings import ToolName


class ToolArguments(BaseModel):
    """Base of all; ``tool`` is the tool's name."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)
    tool: ClassVar[ToolName]

    def params(self) -> dict[str, Any]:
        """As the Gateway takes them."""
        return self.model_dump(exclude_none=True)


class WebSearch(ToolArguments):
    """``language`` is an ISO 639-1 code, ``country`` one of two letters."""

    tool = "web_search"
    query: Annotated[str, Field(min_length=1, max_length=400, pattern=r"\S")]
    count: Annotated[int, Field(ge=1, le=10)] = 5
    language: Annotated[str, Field(pattern=r"^[a-z]{2}$")] | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
