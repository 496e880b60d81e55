"""What cuts of the network lose or double: lines for sessions, messages to people by two ways,
memories and jobs are counted where they arrive.

The nodes, and the connections that send to people, go through a proxy that aborts all connections
again and again, at times from a fixed seed. Meanwhile agents' turns read the lines over a
connection of their own. So a line that is repeated after its turn is seen twice. The Gateway's
acknowledgements are counted too: a line that it took may still be missing in the turns.

Memories go through the Gateway's plugin. Jobs begin before the cuts and end between them; their
containers are processes (testing/container_engine.py). Discord is a stand-in that does not answer a
third of the attempts.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final

from bench.faulty_proxy import FaultyProxy
from bench.fleet.stage import AGENT, BenchNode, Fleet, MeasuredGateway
from fleet.memory.entries import OBSERVATION, entries, new_id
from fleet.notify.settings import DISCORD
from fleet.session_notices import SessionNotices
from openclaw_client import OpenClawClient, SpeakerRef
from openclaw_client.errors import NotYet
from testing import container_engine
from testing.waiting import eventually

_GAP_S: Final = (0.4, 2.6)
"""Between two cuts."""
_LINES_GAP_S: Final = (0.8, 3.0)
"""A session keeps twenty lines for its next turn, and drops the oldest of more."""
_MESSAGES_GAP_S: Final = (2.0, 6.0)
"""The Gateway sends one message a second to a chat."""
_READ_EVERY_S: Final = 1.0
_DELIVERED_WITHIN_S: Final = 600.0
"""Attempts are up to a minute apart."""
_MEMORIES_GAP_S: Final = (0.5, 2.0)
_JOBS_S: Final = (3.0, 8.0, 20.0)
"""How long the jobs of a node run."""
_SILENCE: Final = 1 / 3
"""The share of attempts that Discord does not answer."""
_MARK: Final = re.compile(r"(?:line|message|memory|job)-\d+-\d+-end")
_IMAGE: Final = "localhost/bench:1"
_MEMBER: Final = "7"
KINDS: Final = {
    "message": "messages to people by a channel",
    "direct": "direct messages on Discord",
    "line": "lines for sessions",
    "job": "ends of jobs",
    "memory": "memories",
}
"""What is counted, by the beginning of its marks."""


@dataclass(frozen=True, slots=True)
class CutResult:
    """What was sent, and what arrived."""

    cuts: int
    sent: tuple[str, ...]
    """The marks of all that was sent."""
    untaken: tuple[str, ...]
    """Lines that the Gateway never acknowledged."""
    lost: tuple[str, ...]
    """What did not arrive: lines and ends of jobs that no turn was told, messages that did not
    reach their provider, memories that are in no file."""
    doubled: tuple[str, ...]
    """What was told, or arrived, more than once."""
    repeated: int
    """Deliveries that were tried again."""
    seconds: float

    @property
    def wrong(self) -> tuple[str, ...]:
        """What must not be: lost or doubled messages and memories, and lines that the Gateway has
        not taken. Lines that it took can be lost or doubled in OpenClaw itself."""
        never = ("message", "direct", "memory")
        return (
            *(each for each in (*self.lost, *self.doubled) if kind_of(each) in never),
            *self.untaken,
        )

    def as_json(self) -> dict[str, Any]:
        return {
            "cuts": self.cuts,
            "sent": Counter(map(kind_of, self.sent)),
            "lost": Counter(map(kind_of, self.lost)),
            "doubled": Counter(map(kind_of, self.doubled)),
            "lines_not_taken": len(self.untaken),
            "repeated_deliveries": self.repeated,
            "seconds": round(self.seconds, 1),
        }


def kind_of(mark: str) -> str:
    """The kind of a mark, one of `KINDS`."""
    return mark.partition("-")[0]


@contextmanager
def container_jobs(folder: Path) -> Iterator[None]:
    """Let this process's jobs find a stand-in for podman in ``folder``, while the body runs."""
    variables = container_engine.install(folder, "podman", [_IMAGE])
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


async def cut_run(
    gateway: MeasuredGateway, folder: Path, *, cuts: int, nodes: int, seed: int
) -> CutResult:
    """Send from ``nodes`` nodes until the network was cut ``cuts`` times.

    It needs `container_jobs`.

    Raises:
        OpenClawError: a node refuses a job.
        TimeoutError: something is still not delivered after ten quiet minutes.
    """
    chance, clock = random.Random(seed), asyncio.get_running_loop().time
    began = clock()
    async with (
        FaultyProxy(gateway.port, random.Random(seed)) as proxy,
        Fleet(gateway, folder, url=proxy.url) as fleet,
    ):
        discord = _Discord(random.Random(seed))
        for number in range(nodes):
            await _add_node(fleet, number, discord)
        await fleet.approve()
        senders = [
            _Sender(number, each, random.Random(seed + number))
            for number, each in enumerate(fleet.nodes)
        ]
        for sender in senders:
            await sender.give_jobs(fleet)
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
        await asyncio.gather(*(each.jobs_ended() for each in senders))
        async with asyncio.timeout(_DELIVERED_WITHIN_S):
            for each in fleet.nodes:
                await each.member.outbox.empty()
        # A turn that is aborted takes the lines with it.
        over.set()
        await reader
        await _read_once(fleet, speakers)
        sent = [mark for sender in senders for mark in sender.sent]
        arrived = _arrived(gateway, discord)
        return CutResult(
            cuts,
            tuple(sent),
            tuple(mark for sender in senders for mark in sender.untaken()),
            tuple(mark for mark in sent if not arrived[mark]),
            tuple(mark for mark in sent if arrived[mark] > 1),
            sum(each.member.outbox.counts["repeated"] for each in fleet.nodes),
            clock() - began,
        )


async def _add_node(fleet: Fleet, number: int, discord: _Discord) -> None:
    """A node that uses every way, over the proxy."""
    direct = {"name": "Bob", "channel": DISCORD, "to": _MEMBER}
    jobs = {
        "kinds": ["container"],
        "sessions": ["agent:*"],
        "containers": {"images": [_IMAGE], "at_once": len(_JOBS_S)},
    }
    notify = {**fleet.settings("").fleet.notify.model_dump(), "speak_from": "never"}
    notify["recipients"] = [*notify["recipients"], direct]
    added = await fleet.add(f"cut-{number}", notify=notify, jobs=jobs, memory={"plugin": True})
    operator = await fleet.operator(fleet.settings(f"cut-{number}-operator"))
    added.member.people.ways.send = operator.send_to_channel
    added.member.people.ways.write = discord.write
    added.member.memories.connect(operator)


class _Discord:
    """Takes direct messages; some attempts it does not answer."""

    def __init__(self, chance: random.Random) -> None:
        self.taken: list[str] = []
        self._chance = chance

    async def write(self, member_id: str, text: str, message_id: str | None) -> None:
        """
        Raises:
            NotYet: no answer.
        """
        if self._chance.random() < _SILENCE:
            raise NotYet("Discord does not answer")
        self.taken.append(text)


def _arrived(gateway: MeasuredGateway, discord: _Discord) -> Counter[str]:
    """How often each mark was told to a model, reached a provider, or stands in a file."""
    files = gateway.workspace().glob("memory/fleet/*.md")
    told = [*gateway.told(), *(each.text for each in gateway.arrived())]
    told += [each.read_text("utf-8") for each in files]
    direct = [_direct(mark) for text in discord.taken for mark in _MARK.findall(text)]
    return Counter([*direct, *(mark for text in told for mark in _MARK.findall(text))])


def _direct(mark: str) -> str:
    """The mark of the same message on Discord."""
    return mark.replace("message", "direct")


class _Sender:
    """Sends numbered lines and messages from one node until stopped; ``sent`` are their marks."""

    def __init__(self, number: int, node: BenchNode, chance: random.Random) -> None:
        self.sent: list[str] = []
        self.speaker = SpeakerRef(str(7000 + number), f"Reader {number}")
        self._number = number
        self._member = node.member
        self._node = node.node
        self._node_id = node.id
        self._session = f"agent:{AGENT}:discord:dm:{self.speaker.id}"
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

    async def give_jobs(self, fleet: Fleet) -> None:
        """Give the jobs whose ends the reader is told.

        Raises:
            OpenClawError: the node refuses one.
        """
        book = self._member.jobs.book
        assert book is not None
        await eventually(lambda: book.has_begun, 60.0)
        for number, seconds in enumerate(_JOBS_S):
            mark = f"job-{self._number}-{number}-end"
            order = {"kind": "container", "image": _IMAGE, "name": mark}
            await fleet.owner.invoke_node(
                self._node_id,
                "job.submit",
                {**order, "args": ["/bin/sleep", f"{seconds:g}"]},
                session_key=self._session,
                within_s=20.0,
            )
            self.sent.append(mark)

    async def jobs_ended(self) -> None:
        """Until the ends of all jobs are queued.

        Raises:
            AssertionError: they are not in time.
        """
        book = self._member.jobs.book
        if book is not None:
            await eventually(lambda: all(job.reported for job in book.all()), 60.0)

    async def send(self) -> None:
        async with asyncio.TaskGroup() as every:
            every.create_task(self._send_lines())
            every.create_task(self._send_messages())
            every.create_task(self._send_memories())

    async def _send_lines(self) -> None:
        for number in count():
            if self._stopped:
                return
            mark = f"line-{self._number}-{number}-end"
            self.sent.append(mark)
            await self._notices.post(self._session, "bench", "bench", mark)
            await asyncio.sleep(self._chance.uniform(*_LINES_GAP_S))

    async def _send_messages(self) -> None:
        for number in count():
            if self._stopped:
                return
            mark = f"message-{self._number}-{number}-end"
            self.sent += [mark, _direct(mark)]
            await self._member.people.tell(mark, "high")
            await asyncio.sleep(self._chance.uniform(*_MESSAGES_GAP_S))

    async def _send_memories(self) -> None:
        memory = self._member.memory
        assert memory is not None
        for number in count():
            if self._stopped:
                return
            mark = f"memory-{self._number}-{number}-end"
            self.sent.append(mark)
            await memory.remember(entries(new_id(OBSERVATION), datetime.now(UTC), "bench", mark))
            await asyncio.sleep(self._chance.uniform(*_MEMORIES_GAP_S))


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
