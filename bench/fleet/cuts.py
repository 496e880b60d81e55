"""What cuts of the network lose or double: each line for a session and each message to a person is
counted where it arrives.

The nodes, and the connections that send to people, go through a proxy that aborts all connections
again and again, at times from a fixed seed. Meanwhile agents' turns read the lines over a
connection of their own. So a line that is repeated after its turn would be seen twice.
"""

from __future__ import annotations

import asyncio
import random
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

from bench.faulty_proxy import FaultyProxy
from bench.fleet.stage import AGENT, BenchNode, Fleet, MeasuredGateway
from fleet.session_notices import SessionNotices
from openclaw_client import OpenClawClient, SpeakerRef

_GAP_S: Final = (0.4, 2.6)
"""Between two cuts."""
_LINES_GAP_S: Final = (0.3, 1.5)
"""A session keeps twenty lines for its next turn, and drops the oldest of more."""
_MESSAGES_GAP_S: Final = (2.0, 6.0)
"""The Gateway sends one message a second to a chat."""
_READ_EVERY_S: Final = 1.0
_DELIVERED_WITHIN_S: Final = 180.0
_MARK: Final = re.compile(r"(?:line|message)-\d+-\d+-end")


@dataclass(frozen=True, slots=True)
class CutResult:
    """What was sent, and what arrived."""

    cuts: int
    lines: int
    messages: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    repeated: int
    """Deliveries that were tried again."""
    seconds: float

    def as_json(self) -> dict[str, Any]:
        return {
            "cuts": self.cuts,
            "lines": self.lines,
            "messages": self.messages,
            "lost": len(self.lost),
            "doubled": len(self.doubled),
            "repeated_deliveries": self.repeated,
            "seconds": round(self.seconds, 1),
        }


async def cut_run(
    gateway: MeasuredGateway, folder: Path, *, cuts: int, nodes: int, seed: int
) -> CutResult:
    """Send from ``nodes`` nodes until the network was cut ``cuts`` times.

    Raises:
        TimeoutError: something is still not delivered after three quiet minutes.
    """
    chance, clock = random.Random(seed), asyncio.get_running_loop().time
    began = clock()
    async with (
        FaultyProxy(gateway.port, random.Random(seed)) as proxy,
        Fleet(gateway, folder, url=proxy.url) as fleet,
    ):
        for number in range(nodes):
            added = await fleet.add(f"cut-{number}")
            settings = fleet.settings(f"cut-{number}-operator")
            operator = await fleet.operator(settings)
            added.member.people.ways.send = operator.send_to_channel
        await fleet.approve()
        senders = [
            _Sender(number, each, random.Random(seed + number))
            for number, each in enumerate(fleet.nodes)
        ]
        speakers = [each.speaker for each in senders]
        reader = asyncio.create_task(_read(fleet, speakers))
        sending = [asyncio.create_task(each.send()) for each in senders]
        for _ in range(cuts):
            await asyncio.sleep(chance.uniform(*_GAP_S))
            proxy.cut()
        for sender in senders:
            sender.stop()
        await asyncio.gather(*sending)
        async with asyncio.timeout(_DELIVERED_WITHIN_S):
            for each in fleet.nodes:
                await each.member.outbox.empty()
        reader.cancel()
        with suppress(asyncio.CancelledError):
            await reader
        await _read_once(fleet, speakers)
        sent = [mark for sender in senders for mark in sender.sent]
        arrived = _arrived(gateway)
        return CutResult(
            cuts,
            sum(mark.startswith("line") for mark in sent),
            sum(mark.startswith("message") for mark in sent),
            tuple(mark for mark in sent if not arrived[mark]),
            tuple(mark for mark in sent if arrived[mark] > 1),
            sum(each.member.outbox.counts["repeated"] for each in fleet.nodes),
            clock() - began,
        )


def _arrived(gateway: MeasuredGateway) -> Counter[str]:
    """How often each mark was told to a model, or reached the provider."""
    told = [mark for text in gateway.told() for mark in _MARK.findall(text)]
    sent = [mark for each in gateway.arrived() for mark in _MARK.findall(each.text)]
    return Counter([*told, *sent])


class _Sender:
    """Sends numbered lines and messages from one node until stopped; ``sent`` are their marks."""

    def __init__(self, number: int, node: BenchNode, chance: random.Random) -> None:
        self.sent: list[str] = []
        self.speaker = SpeakerRef(str(7000 + number), f"Reader {number}")
        self._number = number
        self._member = node.member
        self._notices = SessionNotices(node.member.outbox, node.node.send_event)
        self._chance = chance
        self._stopped = False

    def stop(self) -> None:
        """Send nothing more."""
        self._stopped = True

    async def send(self) -> None:
        async with asyncio.TaskGroup() as both:
            both.create_task(self._send_lines())
            both.create_task(self._send_messages())

    async def _send_lines(self) -> None:
        key = f"agent:{AGENT}:discord:dm:{self.speaker.id}"
        for number in count():
            if self._stopped:
                return
            mark = f"line-{self._number}-{number}-end"
            self.sent.append(mark)
            await self._notices.post(key, "bench", "bench", mark)
            await asyncio.sleep(self._chance.uniform(*_LINES_GAP_S))

    async def _send_messages(self) -> None:
        for number in count():
            if self._stopped:
                return
            mark = f"message-{self._number}-{number}-end"
            self.sent.append(mark)
            await self._member.people.tell(mark, "high")
            await asyncio.sleep(self._chance.uniform(*_MESSAGES_GAP_S))


async def _read(fleet: Fleet, speakers: list[SpeakerRef]) -> None:
    """Let an agent read what waits for each session, until cancelled."""
    while True:
        await _read_once(fleet, speakers)
        await asyncio.sleep(_READ_EVERY_S)


async def _read_once(fleet: Fleet, speakers: list[SpeakerRef]) -> None:
    config = fleet.owner.config
    async with OpenClawClient(config) as client:
        await asyncio.gather(
            *(
                client.send_message(AGENT, "#say:Noted.", speaker=speaker, timeout=60)
                for speaker in speakers
            )
        )
