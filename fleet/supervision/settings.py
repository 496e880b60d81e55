"""The settings of supervised rooms. Which rooms are supervised is a setting of each server."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from openclaw_client.node.settings import CommandName


class SupervisionSettings(BaseModel):
    """What agents may do in a supervised room (`guilds.supervision`) only after a person's yes."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    without_yes: tuple[CommandName, ...] = ()
    """Commands that need no yes there, besides those that only read (lists, status, sensors, logs)
    and `human.notify`."""
    within_s: Annotated[float, Field(ge=5, le=27)] = 25.0
    """Seconds that people have for their yes. OpenClaw ends a tool call after 30."""
    on_link_lost: Literal["deny", "supervised", "autonomous"] = "deny"
    """What happens to a command while the people of the room cannot be asked, because Discord is
    out of reach or no call is running: `deny` refuses it, `supervised` waits for them as long as
    for a yes, `autonomous` lets it pass, with a line in the audit log."""
    without_people: Literal["refuse", "allow"] = "refuse"
    """What a machine without a bot (`run.py node`) does with a command that needs a yes in a
    supervised room, since it has no people and cannot know which rooms are supervised: `refuse`
    carries it out for the owner's sessions only, `allow` for all."""
