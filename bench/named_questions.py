"""Questions by name through the whole bot, in neural voices: ``python -m bench.named_questions``.

Four people ask the 60 questions of ``questions.yaml`` in a simulated call, in Kokoro voices and
through the real Whisper of the settings; the agents answer at once. A question is answered rightly
if the agent that was called receives its important words and its reply is heard.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import re
import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np

from app.model_loading import speech_models
from bench.conversation.clips import clip
from bench.conversation.scene_files import SceneError, check_fields, read_scenes
from bench.report import add_json_argument, write_json
from bench.waterfall import Waterfall, parts_ms
from models.store import ModelStore
from pipeline.audio import HEARD_RATE, Pcm16
from pipeline.events import ReplyBegan, ReplyEnded, TurnDecided
from pipeline.latency import TurnLatency, percentile
from server.audio.resample import Resampler, mono_frame
from server.own_process.process import SpeechProcess
from settings import load_settings
from simulators.gateway.agents import Memory, ScriptedAnswer
from testing.harness import ConversationHarness, conversation_harness

QUESTIONS_FILE: Final = Path(__file__).with_name("questions.yaml")
VOICES: Final = {"Alice": "af_sarah", "Bob": "am_adam", "Carol": "bf_alice", "Dave": "bm_lewis"}
_PATIENCE_S: Final = 10.0
_WORD: Final = re.compile(r"[\w'-]+")


@dataclass(frozen=True, slots=True)
class Question:
    """A line of the file: ``hears`` are the words that must arrive, with ``|`` between choices."""

    who: str
    text: str
    hears: tuple[str, ...]

    @property
    def agent(self) -> str:
        return "sage" if "sage" in _WORD.findall(self.text.lower()) else "jarvis"

    def is_in(self, heard: str) -> bool:
        """Whether all important words were heard."""
        words = set(_WORD.findall(heard.lower()))
        return all(any(each in words for each in choice.split("|")) for choice in self.hears)


@dataclass(slots=True)
class CountingAgent:
    """Answers at once, and never twice the same: the speech server keeps phrases."""

    id: str
    name: str
    answers: int = 0

    def speak(self, words: str, memory: Memory) -> ScriptedAnswer:
        self.answers += 1
        return ScriptedAnswer(f"This is answer number {self.answers}.")


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """What became of a question; ``wait_ms`` is None without a reply."""

    question: Question
    heard: str
    addressed: bool
    agent: str | None
    wait_ms: float | None
    latency: TurnLatency | None
    parts: Mapping[str, float] = field(default_factory=dict)
    """See `bench.waterfall.parts_ms`."""

    @property
    def right(self) -> bool:
        return self.agent == self.question.agent and self.question.is_in(self.heard)


def load_questions(text: str) -> tuple[Question, ...]:
    """The questions in YAML.

    Raises:
        SceneError: a line is wrong; says which.
    """
    found = read_scenes(text, "the questions", "who, says and hears")
    return tuple(_question(each, f"question {number}") for number, each in enumerate(found, 1))


def _question(found: Any, where: str) -> Question:
    fields = check_fields(found, where, {"who", "says", "hears"})
    who, says, hears = (fields.get(name) for name in ("who", "says", "hears"))
    if who not in VOICES:
        raise SceneError(f"{where}: who is {who!r}; it must be one of {', '.join(VOICES)}")
    if not isinstance(says, str) or not isinstance(hears, list) or not hears:
        raise SceneError(f"{where}: must have says (words) and hears (a list of words)")
    return Question(who, says, tuple(str(each).lower() for each in hears))


async def measure(count: int, *, dave: bool) -> list[QuestionResult]:
    """Ask the first ``count`` questions, one after another."""
    settings = load_settings()
    agents = tuple(CountingAgent(name.lower(), name) for name in ("Jarvis", "Sage"))
    questions = load_questions(QUESTIONS_FILE.read_text(encoding="utf-8"))[:count]
    async with (
        speech_models(ModelStore(settings.models), settings.pipeline, print) as models,
        # As in the bot, and its voices ready: the stock of sentences is not asked here.
        SpeechProcess(settings.server, settings.models, stock=(), wait=True) as server,
        conversation_harness(
            server.url,
            base=settings,
            models=models,
            dave=dave,
            agents=agents,
            model_size=settings.pipeline.stt.model_size,
        ) as harness,
    ):
        for question in questions:
            pcm = await asyncio.to_thread(speech_of, question.text, VOICES[question.who])
            harness.keep_speech(question.who, question.text, pcm)
        for name in VOICES:
            await harness.person(name).join(harness.room)
        await harness.run("Alice", "join")
        results = []
        for number, question in enumerate(questions, 1):
            result = await _ask(harness, question)
            results.append(result)
            wait = "no reply" if result.wait_ms is None else f"{result.wait_ms:6.0f} ms"
            mark = "right" if result.right else "WRONG"
            print(f"{number:3d}  {mark}  {wait}  {question.text!r} heard {result.heard!r}")
            print("     ", " ".join(f"{part}={ms:.0f}" for part, ms in result.parts.items()))
    return results


def speech_of(text: str, voice: str) -> Pcm16:
    """A text in a voice of Kokoro: ``int16[n]``, 48 kHz."""
    audio = clip(text, voice)
    pcm = np.clip(audio * 32767, -32768, 32767).astype(np.int16)
    resampler = Resampler()
    return np.concatenate([resampler.feed(mono_frame(pcm, HEARD_RATE)), resampler.finish()])


async def _ask(harness: ConversationHarness, question: Question) -> QuestionResult:
    since = len(harness.events)
    said = await harness.say(question.who, question.text)
    hearing = harness.person(question.who).hearing
    try:
        # The answer to an earlier question may be late on a busy machine.
        began = await harness.event(
            ReplyBegan,
            since=since,
            timeout=_PATIENCE_S,
            where=lambda event: event.speaker.name == question.who,
        )
    except TimeoutError:
        heard, addressed = _decided(harness, question.who, since)
        return QuestionResult(question, heard, addressed, None, None, None)
    first = await hearing.wait_for_sound(said.ended)
    await harness.event(ReplyEnded, since=since)
    await hearing.wait_for_quiet(0.3)
    heard, addressed = _decided(harness, question.who, since)
    parts = parts_ms(began.latency, said.ended, first)
    wait_ms = (first - said.ended) * 1000
    return QuestionResult(question, heard, addressed, began.agent, wait_ms, began.latency, parts)


def _decided(harness: ConversationHarness, who: str, since: int) -> tuple[str, bool]:
    decided = [
        event
        for event in harness.events[since:]
        if isinstance(event, TurnDecided) and event.speaker.name == who
    ]
    text = " / ".join(event.text for event in decided)
    return text, any(event.addressed for event in decided)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=60, help="ask only the first ones")
    parser.add_argument("--no-dave", action="store_true")
    add_json_argument(parser)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    results = asyncio.run(measure(arguments.questions, dave=not arguments.no_dave))
    waits = [result.wait_ms for result in results if result.wait_ms is not None]
    right = sum(result.right for result in results)
    parts = [result.parts for result in results if result.parts]
    waterfall = Waterfall.of(parts) if parts else None
    print(f"\n{waterfall or ''}\n")
    print(f"{right} of {len(results)} answered rightly, {len(waits)} answered")
    if waits:
        print(
            f"voice to voice at the socket: median {statistics.median(waits):.0f} ms, "
            f"p95 {percentile(waits, 95):.0f} ms"
        )
    numbers = {
        "questions": len(results),
        "right": right,
        "answered": len(waits),
        "socket_ms": [round(wait, 1) for wait in waits],
        "parts": None if waterfall is None else waterfall.as_data(),
        "wrong": [[each.question.text, each.heard] for each in results if not each.right],
    }
    write_json(arguments.json, "named_questions", numbers)


if __name__ == "__main__":
    main()
