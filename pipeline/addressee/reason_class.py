"""The class of a decision's reason, for logs and metrics: one of some fifty words."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from pipeline.addressee.bot_turns import ENOUGH, NO_BOT
from pipeline.addressee.classifier import LEFT_TO_AGENT, Feature
from pipeline.bystanders import ANSWERS_BOT, ASKS_BOT, TAKEN_OVER
from pipeline.echo.guard import ECHO
from pipeline.language.voice_commands import CommandKind
from pipeline.listening.murmurs import MURMUR
from pipeline.listening.open_calls import BEHIND_A_STOP, ONLY_CALLS

OTHER: Final = "other"

_EXACT: Final = MappingProxyType(
    {
        **{feature.reason: feature.name.lower() for feature in Feature},
        **{kind.value: "command" for kind in CommandKind},
        LEFT_TO_AGENT: "left_to_agent",
        ECHO: "echo",
        MURMUR: "murmur",
        ONLY_CALLS: "only_calls",
        BEHIND_A_STOP: "only_calls",
        ENOUGH: "bot",
        NO_BOT: "bot",
        ANSWERS_BOT: "answers_bot",
        ASKS_BOT: "asks_bot",
        TAKEN_OVER: "taken_over",
        "there are no words in it": "no_words",
        "it only shows that they are listening": "backchannel",
        "it answers what the agent asked them": "asked_by_agent",
        "it is a short answer, and no other person is here": "alone",
        "it only takes note, and the agent had asked them nothing": "acknowledgement",
        "it sounds like a telephone call": "on_phone",
    }
)
_BY_START: Final = (
    ("called by name", "called_by_name"),
    ("the agent itself says", "second_opinion"),
    ("it calls ", "calls_another"),
)


def reason_class(reasons: tuple[str, ...]) -> str:
    """The class of the weightiest reason, which is the first; `OTHER` for one that is not known."""
    if not reasons:
        return OTHER
    first = reasons[0]
    known = _EXACT.get(first)
    if known is not None:
        return known
    return next((name for start, name in _BY_START if first.startswith(start)), OTHER)
