"""What a failing speech server costs: ``python -m bench.speech_chain``.

The bot's chain speaks sentences through a first server that fails in one way or another, and a
second one that works: our own, on loopback with espeak-ng. Printed is the time from the request to
the first audio, for the first three sentences and then for the tenth, and what a room hears of it:
the difference to a first server that works. Each case has a chain of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from typing import Any, Final, TypeAlias

from bench.report import add_json_argument, machine, write_json
from pipeline.ports import Voice
from server.runner import EmbeddedServer
from server.settings import ServerSettings, TtsSettings
from server.synthesis.chain import SpeechChain
from server.synthesis.client import HttpSynthesizer
from server.synthesis.stock_speech import StockSpeech
from testing.ports import closed_port

_LIMIT_S: Final = 1.5
_SENTENCES: Final = 10
_SHOWN: Final = (1, 2, 3, _SENTENCES)
_STOCK: Final = "One moment, please."

Answer: TypeAlias = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5, help="chains of each case")
    add_json_argument(parser)
    arguments = parser.parse_args()
    logging.disable(logging.WARNING)
    found = asyncio.run(_measure(arguments.runs))
    print(f"{machine()}; first byte after {_LIMIT_S:g} s at most; medians of {arguments.runs}\n")
    print("| the first server | " + " | ".join(f"sentence {each}, ms" for each in _SHOWN) + " |")
    print("| --- |" + " ---: |" * len(_SHOWN))
    for name, times in found.items():
        print(f"| {name} | " + " | ".join(f"{each:.0f}" for each in times.values()) + " |")
    write_json(arguments.json, "speech_chain", found)


async def _measure(runs: int) -> dict[str, dict[str, float]]:
    async with EmbeddedServer(ServerSettings(port=0)) as working:
        cases: Mapping[str, Callable[[], Any]] = {
            "works": lambda: _at(working.url),
            "is down (connection refused)": lambda: _at(f"http://127.0.0.1:{closed_port()}"),
            "accepts and never answers": lambda: _answering(_silence),
            "refuses the key (401)": lambda: _answering(_refusal("401 Unauthorized")),
            "is busy (503)": lambda: _answering(_refusal("503 Service Unavailable")),
            "fails (500)": lambda: _answering(_refusal("500 Internal Server Error")),
            "breaks off before audio": lambda: _answering(_break),
        }
        found = {}
        for name, first in cases.items():
            rows = [await _run(first, working.url) for _ in range(runs)]
            found[name] = {str(each): _median(rows, each - 1) for each in _SHOWN}
        rows = [await _run(cases["works"], working.url, text=_STOCK) for _ in range(runs)]
        found["works, a fixed sentence"] = {str(each): _median(rows, each - 1) for each in _SHOWN}
        return found


def _median(rows: list[list[float]], at: int) -> float:
    return round(statistics.median(row[at] for row in rows), 1)


async def _run(first: Callable[[], Any], second: str, text: str = "") -> list[float]:
    """The ms to the first audio of each sentence."""
    async with first() as url:
        settings = TtsSettings(url=url, first_byte_timeout_s=_LIMIT_S)
        stock = StockSpeech([_STOCK], 1_000_000)
        async with (
            HttpSynthesizer(settings) as one,
            HttpSynthesizer(TtsSettings(url=second)) as two,
            SpeechChain([(one, ""), (two, "")], stock=stock) as chain,
        ):
            await two.check()
            return [
                await _first_audio_ms(chain, text or f"This is sentence number {number}.")
                for number in range(_SENTENCES)
            ]


async def _first_audio_ms(chain: SpeechChain, text: str) -> float:
    began = time.perf_counter()
    took_ms = 0.0
    async with aclosing(chain.speak(text, Voice("jarvis"))) as audio:
        async for _ in audio:
            took_ms = took_ms or (time.perf_counter() - began) * 1000
    return took_ms


@asynccontextmanager
async def _at(url: str) -> AsyncIterator[str]:
    yield url


@asynccontextmanager
async def _answering(answer: Answer) -> AsyncIterator[str]:
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def _silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.read(4096):
        pass
    writer.close()


def _refusal(status: str) -> Answer:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await _request(reader):
            writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())
        writer.close()

    return refuse


async def _break(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if await _request(reader):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: audio/pcm\r\n")
        writer.write(b"Transfer-Encoding: chunked\r\n\r\n")
    writer.close()


async def _request(reader: asyncio.StreamReader) -> bool:
    """Read one request; False if there is no other."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    except (asyncio.IncompleteReadError, ConnectionError):
        return False
    length = head.partition("content-length: ")[2].partition("\r\n")[0]
    await reader.readexactly(int(length or 0))
    return True


if __name__ == "__main__":
    main()
