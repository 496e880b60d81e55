"""Clients that take more than they should, and what the server gives the others meanwhile.

The attackers come from 127.0.0.2, the honest client from 127.0.0.1: on Linux both reach the server.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from bench.server.server_process import MeasuredServer, PeakMemory

ATTACKER: Final = "127.0.0.2"
HONEST: Final = "127.0.0.1"
_AFTER_S: Final = 5.0
"""How long after an attack the memory is read."""
_ASK_EVERY_S: Final = 0.5
_PATIENCE_S: Final = 60.0
_NUMBERS: Final = itertools.count(11)
_PIECE: Final = b" " * 65_536
LONG_TEXT: Final = "The harbour was quiet, and only a few boats had left before the storm. " * 57
"""Nearly OpenAI's limit of 4,096 characters."""


@dataclass
class AttackResult:
    """What one attack did."""

    name: str
    before_mib: float
    usual_s: float = 0.0
    """How long "Hello there." took before the attack: the median of three."""
    most_mib: float = 0.0
    after_mib: float = 0.0
    waits_s: list[float] = field(default_factory=list)
    """How long "Hello there." waited for its first byte, from the other address."""
    refused: int = 0
    """How often the honest client was refused, or waited for more than a minute."""
    statuses: dict[str, int] = field(default_factory=dict)
    """What the attackers were answered."""

    def numbers(self) -> dict[str, Any]:
        """The result for the report."""
        waits = sorted(self.waits_s)
        numbers = asdict(self)
        del numbers["waits_s"]
        rounded = {
            key: round(value, 3 if key.endswith("_s") else 1) if isinstance(value, float) else value
            for key, value in numbers.items()
        }
        return {
            **rounded,
            "hello_asked": len(waits) + self.refused,
            "hello_median_s": round(statistics.median(waits), 3) if waits else None,
            "hello_longest_s": round(waits[-1], 3) if waits else None,
        }  # fmt: skip


Attack = Callable[[MeasuredServer, Counter[str]], Awaitable[None]]


async def attacked(
    name: str, attack: Attack, server: MeasuredServer, lasts_s: float
) -> AttackResult:
    """Run ``attack`` for at most ``lasts_s``, and ask for "Hello there." meanwhile."""
    usual = AttackResult("", 0.0)
    for _ in range(3):
        await _ask(server, usual)
    result = AttackResult(name, server.memory_mib())
    result.usual_s = statistics.median(usual.waits_s or [0.0])
    statuses: Counter[str] = Counter()
    peak = PeakMemory()
    async with peak.watch(server):
        attacking = asyncio.create_task(_for_at_most(lasts_s, attack(server, statuses)))
        await asyncio.sleep(0.2)
        while True:
            await _ask(server, result)
            if attacking.done():
                break
            await asyncio.sleep(_ASK_EVERY_S)
        await attacking
        await asyncio.sleep(min(_AFTER_S, lasts_s))
    result.most_mib, result.after_mib = peak.most_mib, server.memory_mib()
    result.statuses = dict(statuses)
    return result


def attacks(engine_voice: str) -> Mapping[str, Attack]:
    """The attacks by name; ``engine_voice`` speaks the long texts."""
    return {
        "40 clients that do not read": lambda server, statuses: _together(
            [_does_not_read(server, statuses, engine_voice) for _ in range(40)]
        ),
        "a JSON body of 300 MB": lambda server, statuses: _large_body(server, statuses),
        "64 JSON bodies of 300 MB": lambda server, statuses: _together(
            [_large_body(server, statuses) for _ in range(64)]
        ),
        "64 chunked bodies without an end": lambda server, statuses: _together(
            [_endless_body(server, statuses) for _ in range(64)]
        ),
        "64 long texts at once": lambda server, statuses: _together(
            [_long_text(server, statuses, engine_voice) for _ in range(64)]
        ),
        "900 slow connections": lambda server, statuses: _together(
            [_slow_headers(server, statuses, number) for number in range(900)]
        ),
    }


async def _for_at_most(seconds: float, work: Awaitable[None]) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await work


async def _together(all_of_them: list[Awaitable[None]]) -> None:
    await asyncio.gather(*all_of_them)


async def _ask(server: MeasuredServer, result: AttackResult) -> None:
    began = time.perf_counter()
    try:
        async with asyncio.timeout(_PATIENCE_S), _line(server, HONEST) as (reader, writer):
            writer.write(speech_request(_hello(), "espeak:en-us"))
            status = (await reader.readline()).split()[1:2]
            if status != [b"200"]:
                raise ConnectionError(str(status))
            await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(1)
            result.waits_s.append(time.perf_counter() - began)
            while await reader.read(65_536):
                pass
    except (OSError, TimeoutError, asyncio.IncompleteReadError):
        result.refused += 1


def _hello() -> str:
    """A greeting that no cache has."""
    return f"Hello there, number {next(_NUMBERS)}."


async def _does_not_read(server: MeasuredServer, statuses: Counter[str], voice: str) -> None:
    async with _attacking(server, statuses) as (_reader, writer):
        writer.write(speech_request(LONG_TEXT, voice))
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        await asyncio.Event().wait()


async def _large_body(server: MeasuredServer, statuses: Counter[str]) -> None:
    async with _attacking(server, statuses) as (reader, writer):
        writer.write(_head("application/json", length=300_000_000))
        for _ in range(300_000_000 // len(_PIECE)):
            writer.write(_PIECE)
            await writer.drain()
        await _note(reader, statuses)


async def _endless_body(server: MeasuredServer, statuses: Counter[str]) -> None:
    async with _attacking(server, statuses) as (reader, writer):
        writer.write(_head("application/json", length=None))
        answered = asyncio.create_task(_note(reader, statuses))
        while not answered.done():
            writer.write(b"%x\r\n%b\r\n" % (len(_PIECE), _PIECE))
            await writer.drain()
        await answered


async def _long_text(server: MeasuredServer, statuses: Counter[str], voice: str) -> None:
    async with _attacking(server, statuses) as (reader, writer):
        writer.write(speech_request(LONG_TEXT, voice))
        await _note(reader, statuses)
        while await reader.read(65_536):
            pass


async def _slow_headers(server: MeasuredServer, statuses: Counter[str], number: int) -> None:
    await asyncio.sleep(number * 0.002)
    async with _attacking(server, statuses) as (_reader, writer):
        writer.write(b"POST /v1/audio/speech HTTP/1.1\r\n")
        while not writer.transport.is_closing():
            writer.write(b"X-A: b\r\n")
            await writer.drain()
            await asyncio.sleep(2)
        statuses["closed"] += 1


async def _note(reader: asyncio.StreamReader, statuses: Counter[str]) -> None:
    line = (await reader.readline()).split()
    statuses[line[1].decode() if len(line) > 1 else "closed"] += 1


@asynccontextmanager
async def _attacking(
    server: MeasuredServer, statuses: Counter[str]
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection of an attacker, whose failure is counted."""
    try:
        async with _line(server, ATTACKER) as line:
            yield line
    except (OSError, asyncio.IncompleteReadError):
        statuses["cut"] += 1


@asynccontextmanager
async def _line(
    server: MeasuredServer, source: str
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(server.host, server.port, local_addr=(source, 0))
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


def speech_request(text: str, voice: str = "jarvis") -> bytes:
    """A request for pcm, after which the server closes the connection."""
    body = json.dumps({"input": text, "voice": voice, "response_format": "pcm"}).encode()
    return _head("application/json", length=len(body), close=True) + body


def _head(content_type: str, *, length: int | None, close: bool = False) -> bytes:
    lines = [
        "POST /v1/audio/speech HTTP/1.1",
        "Host: speech",
        f"Content-Type: {content_type}",
        "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}",
        *(["Connection: close"] if close else []),
    ]
    return "\r\n".join((*lines, "", "")).encode()
