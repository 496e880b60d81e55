"""The node's command ``fleet.status``: what a person should look at on this machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from fleet.notify.messages import People
from fleet.outbox import Outbox
from fleet.sensors.readings import Reading
from fleet.sensors.thresholds import ThresholdWatch
from openclaw_client.node.commands import CommandCall, NoArguments, NodeCommand, command
from openclaw_client.session_keys import SessionKind, session_origin

_MOST: Final = 50
"""Alerts in one answer."""


class StatusCommand:
    """Over the thresholds, the critical messages and the queue of this machine."""

    def __init__(
        self,
        watch: ThresholdWatch,
        people: People,
        outbox: Outbox,
        may_know: Callable[[Reading, str | None], bool] = lambda _, __: False,
        bot_id: str = "",
    ) -> None:
        """``may_know(reading, session_key)`` is asked for readings of a server. ``bot_id`` is the
        machine's id at the control plane, by which the overview finds its configuration."""
        self._bot_id = bot_id
        self._may_know = may_know
        self._watch = watch
        self._people = people
        self._outbox = outbox

    def all(self) -> list[NodeCommand]:
        return [
            command(
                "fleet.status",
                """What is wrong on this machine now: sensors beyond their thresholds, and critical
                messages that no person has acknowledged.""",
                NoArguments,
                self._status,
            )
        ]

    async def _status(self, _: NoArguments, call: CommandCall) -> dict[str, Any]:
        alerts = [*self._sensor_alerts(call), *self._message_alerts(call)]
        answer: dict[str, Any] = {
            "alerts": alerts[:_MOST],
            "undelivered": self._outbox.waiting,
        }
        if self._bot_id:
            answer["botId"] = self._bot_id
        return answer | ({"leftOut": len(alerts) - _MOST} if len(alerts) > _MOST else {})

    def _sensor_alerts(self, call: CommandCall) -> list[dict[str, Any]]:
        return [
            {
                "kind": "sensor",
                "urgency": crossing.threshold.urgency,
                "text": crossing.text,
                "since": crossing.reading.at,
            }
            for crossing in self._watch.on
            if crossing.reading.guild_id is None
            or self._may_know(crossing.reading, call.session_key)
        ]

    def _message_alerts(self, call: CommandCall) -> list[dict[str, Any]]:
        """The messages; their words only for the owner, since another session wrote them."""
        owner = session_origin(call.session_key).kind is SessionKind.OWNERS
        return [
            {
                "kind": "message",
                "urgency": "critical",
                "text": message.text if owner else "a critical message",
                "since": message.sent_at,
            }
            for message in self._people.open
        ]
