"""The settings of the node."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from openclaw_client import NodeSettings, OpenClawConfig
from openclaw_client.node.settings import COMMANDS


def test_node_and_transcripts_are_off_by_default() -> None:
    settings = OpenClawConfig().node
    assert not settings.enabled
    assert settings.transcript_guild_ids == ()
    assert settings.commands == COMMANDS


@pytest.mark.parametrize(
    "values",
    [
        {"commands": ["voice.shout"]},
        {"commands_per_minute": 0},
        {"audit_max_bytes": 10},
        {"transcript_guild_ids": [0]},
        {"rooms": True},
    ],
)
def test_what_cannot_be_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        NodeSettings.model_validate(values)
