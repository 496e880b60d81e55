"""What cuts of the network lose or double: each line for a session and each message to a person is
counted where it arrives.

The nodes, and the connections that send to people, go through a proxy that aborts all connections
again and again, at times from a fixed seed. Meanwhile agents' turns read the lines over a
connection of their own. So a line that is repeated after its turn is seen twice. The Gateway's
acknowledgements are counted too: a line that it took may still be missing in the turns.
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
_LINES_GAP_S: Final = (0.8, 3.0)
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
    untaken: tuple[str, ...]
    """Lines that the Gateway never acknowledged."""
    lost: tuple[str, ...]
    """Lines that no turn was told, and messages that did not reach the provider."""
    doubled: tuple[str, ...]
    """What was told, or arrived, more than once."""
    repeated: int
    """Deliveries that were tried again."""
    seconds: float

    def as_json(self) -> dict[str, Any]:
        return {
            "cuts": self.cuts,
            "lines": self.lines,
            "messages": self.messages,
            "lines_not_taken": len(self.untaken),
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
        over = asyncio.Event()
        reader = asyncio.create_task(_read(fleet, speakers, over))
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
        # A turn that is aborted takes the lines with it.
        over.set()
        await reader
        await _read_once(fleet, speakers)
        sent = [mark for sender in senders for mark in sender.sent]
        arrived = _arrived(gateway)
        return CutResult(
            cuts,
            sum(mark.startswith("line") for mark in sent),
            sum(mark.startswith("message") for mark in sent),
            tuple(mark for sender in senders for mark in sender.untaken()),
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
        self._node = node.node
        self._taken: set[str] = set()
        self._notices = SessionNotices(node.member.outbox, self._send_event)
        self._chance = chance
        self._stopped = False

    async def _send_event(self, event: str, payload: dict[str, Any]) -> None:
        await self._node.send_event(event, payload)
        self._taken.add(payload["text"])

    def untaken(self) -> list[str]:
        """The lines that the Gateway has not acknowledged."""
        return [mark for mark in self.sent if mark.startswith("line") and mark not in self._taken]

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


async def _read(fleet: Fleet, speakers: list[SpeakerRef], over: asyncio.Event) -> None:
    """Let an agent read what waits for each session, again and again."""
    while not over.is_set():
        await _read_once(fleet, speakers)
        with suppress(TimeoutError):
            async with asyncio.timeout(_READ_EVERY_S):
                await over.wait()


async def _read_once(fleet: Fleet, speakers: list[SpeakerRef]) -> None:
    config = fleet.owner.config
    async with OpenClawClient(config) as client:
        await asyncio.gather(
            *(
                client.send_message(AGENT, "#say:Noted.", speaker=speaker, timeout=60)
                for speaker in speakers
            )
        )
