"""Latency from the end of a question to the first sound of its answer:
``python -m bench.voice_to_voice``.

Asks questions through the whole bot in the demo's harness: both simulators, an agent that answers
at once, the fixture model, the embedded voice. It measures each latency twice: at the simulated
Discord, from the last sample sent to the first audible packet of the reply, and inside the bot, by
stage.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
from dataclasses import asdict
from itertools import cycle, islice
from typing import Final

from app.model_loading import speech_models
from app.speech_server import speech_server
from bench.report import add_json_argument, write_json
from models.store import ModelStore
from pipeline.events import ReplyBegan, ReplyEnded, TurnDecided
from pipeline.latency import LatencyTable, TurnLatency, percentile
from pipeline.settings import PipelineSettings, SttSettings
from settings import load_settings
from testing.harness import ConversationHarness, conversation_harness

QUESTIONS: Final = (
    ("Alice", "Jarvis, what time is it?"),
    ("Bob", "Jarvis, what is the weather in Paris?"),
    ("Carol", "Jarvis, tell me a joke."),
    ("Dave", "Jarvis, set a timer for five minutes."),
    ("Alice", "Jarvis, turn on the kitchen lights."),
    ("Bob", "Jarvis, who are you?"),
    ("Carol", "Jarvis, what is two plus two?"),
    ("Dave", "Jarvis, can you hear me?"),
)


async def measure(turns: int, *, dave: bool) -> tuple[list[float], list[TurnLatency], int]:
    """Latencies at the socket in ms, the bot's latency marks, the number of misheard questions."""
    settings = load_settings()
    pipeline = PipelineSettings(stt=SttSettings(model_size="fixture"))
    async with (
        speech_models(ModelStore(settings.models), pipeline, print) as models,
        speech_server() as server,
        conversation_harness(server.url, models=models, dave=dave) as harness,
    ):
        for name in ("Alice", "Bob", "Carol", "Dave"):
            await harness.person(name).join(harness.room)
        await harness.run("Alice", "join")
        waits: list[float] = []
        latencies: list[TurnLatency] = []
        misheard = 0
        for number, (name, text) in enumerate(islice(cycle(QUESTIONS), turns), 1):
            wait_ms, latency, heard = await _ask(harness, name, text)
            waits.append(wait_ms)
            latencies.append(latency)
            misheard += heard != text
            print(f"{number:3d}  {wait_ms:6.0f} ms  {latency}")
            if heard != text:
                print(f"     misheard: {name} said {text!r}, heard was {heard!r}")
    return waits, latencies, misheard


async def _ask(
    harness: ConversationHarness, name: str, text: str
) -> tuple[float, TurnLatency, str]:
    since = len(harness.events)
    said = await harness.say(name, text)
    heard = await harness.event(TurnDecided, since=since)
    began = await harness.event(ReplyBegan, since=since)
    hearing = harness.person(name).hearing
    first = await hearing.wait_for_sound(said.ended)
    await harness.event(ReplyEnded, since=since)
    await hearing.wait_for_quiet(0.3)
    return (first - said.ended) * 1000, began.latency, heard.text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=24)
    parser.add_argument("--no-dave", action="store_true")
    add_json_argument(parser)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    waits, latencies, misheard = asyncio.run(measure(arguments.turns, dave=not arguments.no_dave))
    table = LatencyTable(latencies)
    print(f"\n{table}\n")
    print(
        f"at the socket: median {statistics.median(waits):.0f} ms, "
        f"p95 {percentile(waits, 95):.0f} ms, {len(waits)} turns, {misheard} misheard"
    )
    numbers = {
        "socket_ms": [round(wait, 1) for wait in waits],
        "stages": [asdict(row) for row in table.rows()],
        "misheard": misheard,
    }
    write_json(arguments.json, "voice_to_voice", numbers)


if __name__ == "__main__":
    main()
