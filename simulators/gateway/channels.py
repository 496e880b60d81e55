"""The simulated Gateway's channels to people: ``send``.

The rules are those seen on OpenClaw 2026.9.6: an idempotency key counts once for all connections.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from simulators.gateway.params import SendParams
from simulators.gateway.refusal import invalid

Payload = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ChannelMessage:
    """A message that reached a channel's provider."""

    channel: str
    to: str
    text: str
    silent: bool


class Channels:
    """The configured channels, and the messages so far, the oldest first."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(names)
        self._answers: dict[str, Payload] = {}
        self.messages: list[ChannelMessage] = []

    def send(self, params: SendParams) -> Payload:
        """Answer ``send``.

        Raises:
            Refusal: no such channel, or nothing to send.
        """
        if (known := self._answers.get(params.idempotency_key)) is not None:
            return known
        if not params.message:
            raise invalid("invalid send params: text or media is required")
        if params.channel is None and len(self._names) != 1:
            raise invalid("channel is required")
        channel = params.channel or self._names[0]
        if channel not in self._names:
            raise invalid(f"unsupported channel: {channel}")
        text, silent = params.message, params.silent or False
        self.messages.append(ChannelMessage(channel, params.to, text, silent))
        answer = {
            "runId": params.idempotency_key,
            "messageId": str(len(self.messages)),
            "channel": channel,
        }
        self._answers[params.idempotency_key] = answer
        return answer
