"""The models behind their queues: priorities, superseded requests, and closing."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Collection
from typing import Any

import ctranslate2
import numpy as np
import pytest

from pipeline.audio import Pcm16, Samples
from pipeline.errors import Superseded
from pipeline.inference.encoded_speech import EncodedSpeech
from pipeline.inference.expected_names import NO_NAMES, ExpectedNames
from pipeline.inference.model_worker import ModelWorker
from pipeline.inference.speech_models import EncodedAhead, SpeechModels
from pipeline.inference.text_ending import TextEnding
from pipeline.inference.transcription import Transcription
from pipeline.listening.audio_input import AudioInput
from testing.room import FakeVad
from testing.waiting import eventually

WAIT_S = 5.0

JARVIS = ExpectedNames(("Jarvis",))


class GatedModel:
    """A turn model and a transcriber that compute only when the test lets them.

    The loudness of the audio is what it "says".
    """

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.seen: list[Samples] = []
        self.how: list[tuple[str | None, ExpectedNames]] = []
        self.threads: set[str] = set()
        self.fallbacks: list[bool] = []
        self._may_end = threading.Semaphore(0)
        self._has_begun = threading.Semaphore(0)

    def probability(self, audio: Samples) -> float:
        self._compute(audio)
        return 0.75

    def transcribe(
        self,
        audio: Samples,
        *,
        language: str | None = None,
        among: Collection[str] = (),
        usual: str | None = None,
        sure: float | None = None,
        names: ExpectedNames = NO_NAMES,
        fallback: bool = True,
    ) -> Transcription:
        self.fallbacks.append(fallback)
        self.how.append((language, names))
        level = self._compute(audio)
        return Transcription(str(level), language or "en", 0.0, -0.1, 0.0, 0.0)

    def let_end(self, calls: int = 1) -> None:
        self._may_end.release(calls)

    async def wait_begun(self) -> None:
        """Wait until one more call has begun."""
        assert await asyncio.to_thread(self._has_begun.acquire, timeout=WAIT_S)

    def _compute(self, audio: Samples) -> int:
        level = round(float(audio[0]) * 32768)
        self.begun.append(level)
        self.seen.append(audio)
        self.threads.add(threading.current_thread().name)
        self._has_begun.release()
        assert self._may_end.acquire(timeout=WAIT_S)
        return level


class EncodingModel:
    """A transcriber with an encoder; its words come from a gated model."""

    def __init__(self, gated: GatedModel) -> None:
        self._gated = gated
        self.used: list[EncodedSpeech | None] = []

    def encode(
        self, audio: Samples, *, language: str | None = None, among: Collection[str] = ()
    ) -> EncodedSpeech:
        nothing = ctranslate2.StorageView.from_array(np.zeros(1, np.float32))
        return EncodedSpeech(audio.size, 1000, nothing, None, among)

    def transcribe(
        self, audio: Samples, *, ahead: EncodedSpeech | None = None, **how: Any
    ) -> Transcription:
        self.used.append(ahead)
        return self._gated.transcribe(audio, **how)


class Rig:
    """The speech models of a process, with gates in the two slow ones."""

    def __init__(self) -> None:
        self.turn, self.stt = GatedModel(), GatedModel()
        self.audio_input = AudioInput(FakeVad(), time.monotonic)
        self.models = SpeechModels(
            self.audio_input,
            self.turn,
            ModelWorker("turn under test", limit=4),
            self.stt,
            ModelWorker("words under test", limit=4),
        )

    def transcribe(
        self, key: str, level: int, *, final: bool = True
    ) -> asyncio.Task[Transcription]:
        return asyncio.create_task(
            self.models.transcribe(
                key, loud(level), language="de", names=ExpectedNames(("Jarvis",)), final=final
            )
        )


def loud(level: int) -> Pcm16:
    return np.full(160, level, np.int16)


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    rig = Rig()
    yield rig
    for model in (rig.turn, rig.stt):
        model.let_end(100)
    await rig.models.aclose()


async def test_the_models_get_samples_and_compute_in_threads_of_their_own(rig: Rig) -> None:
    rig.turn.let_end()
    rig.stt.let_end()
    probability = await rig.models.turn_probability("ann", loud(16384))
    words = await rig.transcribe("ann", 16384)
    assert probability == 0.75
    assert words.text == "16384"
    assert rig.stt.how == [("de", JARVIS)]
    for model, name in ((rig.turn, "turn under test-0"), (rig.stt, "words under test-0")):
        assert model.threads == {name}
        assert model.seen[0].dtype == np.float32
        assert float(model.seen[0].max()) == 0.5


async def test_only_a_final_transcription_uses_the_fallback(rig: Rig) -> None:
    rig.stt.let_end(2)
    await rig.transcribe("ann", 100)
    await rig.transcribe("ann", 200, final=False)
    assert rig.stt.fallbacks == [True, False]


async def test_final_transcriptions_run_before_partial_ones(rig: Rig) -> None:
    first = rig.transcribe("ann", 100)
    await rig.stt.wait_begun()
    whole = rig.transcribe("ben", 200)
    await asyncio.sleep(0)
    newer_part = rig.transcribe("cem", 300, final=False)
    await asyncio.sleep(0)
    rig.stt.let_end(3)
    await asyncio.gather(first, whole, newer_part)
    assert rig.stt.begun == [100, 200, 300]


async def test_a_newer_partial_supersedes_the_older(rig: Rig) -> None:
    first = rig.transcribe("ann", 100)
    await rig.stt.wait_begun()
    older = rig.transcribe("ben", 200, final=False)
    await asyncio.sleep(0)
    newer = rig.transcribe("ben", 300, final=False)
    with pytest.raises(Superseded):
        await older
    rig.stt.let_end(2)
    await asyncio.gather(first, newer)
    assert rig.stt.begun == [100, 300]


async def test_a_newer_check_supersedes_the_older(rig: Rig) -> None:
    first = asyncio.create_task(rig.models.turn_probability("ann", loud(100)))
    await rig.turn.wait_begun()
    older = asyncio.create_task(rig.models.turn_probability("ben", loud(200)))
    await asyncio.sleep(0)
    newer = asyncio.create_task(rig.models.turn_probability("ben", loud(300)))
    with pytest.raises(Superseded):
        await older
    rig.turn.let_end(2)
    await asyncio.gather(first, newer)
    assert rig.turn.begun == [100, 300]


async def test_a_slow_transcription_does_not_hold_up_the_turn_model(rig: Rig) -> None:
    words = rig.transcribe("ann", 100)
    await rig.stt.wait_begun()
    rig.turn.let_end()
    assert await rig.models.turn_probability("ann", loud(100)) == 0.75
    assert not words.done()
    rig.stt.let_end()
    await words


async def test_closing_ends_the_threads_and_waiting_calls(rig: Rig) -> None:
    rig.audio_input.start()
    running = rig.transcribe("ann", 100)
    await rig.stt.wait_begun()
    waiting = rig.transcribe("ben", 200)
    await asyncio.sleep(0)
    closing = asyncio.create_task(rig.models.aclose())
    with pytest.raises(Superseded, match="closed"):
        await waiting
    assert not closing.done(), "what runs is let finish"
    rig.stt.let_end()
    await closing
    assert (await running).text == "100"
    with pytest.raises(Superseded, match="closed"):
        await rig.models.turn_probability("ann", loud(100))
    names = {thread.name for thread in threading.enumerate()}
    assert not names & {"turn under test-0", "words under test-0"}
    assert "audio input" not in {task.get_name() for task in asyncio.all_tasks()}


async def test_the_newest_check_runs_before_older_ones_of_others(rig: Rig) -> None:
    checks = [asyncio.create_task(rig.models.turn_probability("ann", loud(100)))]
    await rig.turn.wait_begun()
    for number, who in ((200, "ben"), (300, "cem"), (400, "dee")):
        checks.append(asyncio.create_task(rig.models.turn_probability(who, loud(number))))
        await asyncio.sleep(0)
    rig.turn.let_end(4)
    await asyncio.gather(*checks)
    assert rig.turn.begun == [100, 400, 300, 200]


async def test_audio_is_encoded_ahead_only_where_speech_to_text_has_a_free_thread(rig: Rig) -> None:
    whisper = EncodingModel(rig.stt)
    models = SpeechModels(
        rig.audio_input, rig.turn, ModelWorker("turn"), whisper, ModelWorker("words", limit=4)
    )
    ahead, late = EncodedAhead(), EncodedAhead()
    await models.encode_ahead("ann ahead", loud(100), ahead, language=None, among=("en", "de"))
    assert ahead.speech is not None
    assert ahead.speech.among == ("en", "de")
    words = asyncio.create_task(
        models.transcribe("ann", loud(100), language=None, final=True, ahead=ahead)
    )
    await rig.stt.wait_begun()
    await models.encode_ahead("ben ahead", loud(200), late, language=None)
    assert late.speech is None
    rig.stt.let_end(2)
    await words
    assert whisper.used == [ahead.speech]
    await models.transcribe("ben", loud(200), language=None, final=True, ahead=late)
    assert whisper.used == [ahead.speech, None]
    assert models.stats()["speech_to_text"].completed == 3
    await models.aclose()


async def test_the_words_of_a_pause_wait_for_its_encoding_on_another_thread(rig: Rig) -> None:
    whisper, encoding, ahead = EncodingModel(rig.stt), threading.Event(), EncodedAhead()
    let_encode = threading.Event()
    encode = whisper.encode

    def slow(audio: Samples, **how: Any) -> EncodedSpeech:
        encoding.set()
        let_encode.wait(10)
        return encode(audio, **how)

    whisper.encode = slow  # type: ignore[method-assign]
    words = ModelWorker("words", threads=2, limit=4)
    models = SpeechModels(rig.audio_input, rig.turn, ModelWorker("turn"), whisper, words)
    first = asyncio.create_task(models.encode_ahead("ann", loud(100), ahead, language=None))
    await asyncio.to_thread(encoding.wait, 10)
    assert words.has_free_thread
    rig.stt.let_end()
    second = asyncio.create_task(
        models.transcribe("ann", loud(100), language=None, final=True, ahead=ahead)
    )
    await asyncio.sleep(0)
    assert words.stats().queued == 1, "the words wait"
    assert not whisper.used
    let_encode.set()
    await asyncio.gather(first, second)
    assert whisper.used == [ahead.speech]
    await models.aclose()


async def test_a_model_without_an_encoder_gets_nothing_ahead(rig: Rig) -> None:
    ahead = EncodedAhead()
    await rig.models.encode_ahead("ann", loud(100), ahead, language=None)
    assert ahead.speech is None
    assert rig.stt.begun == []


class GatedText:
    """A language model that begins a text when it is let to."""

    def __init__(self) -> None:
        self.read: list[str] = []
        self._may_end = threading.Semaphore(0)

    def let_end(self, count: int) -> None:
        self._may_end.release(count)

    def ending(self, text: str) -> TextEnding:
        self.read.append(text)
        self._may_end.acquire()
        return TextEnding(-float(len(text)), -9.0, -0.1)


async def test_without_a_language_model_no_text_has_an_ending(rig: Rig) -> None:
    assert await rig.models.text_ending("ann", "What time is it?") is None
    assert "language_model" not in rig.models.stats()


async def test_the_language_model_reads_in_a_thread_and_the_newest_words_first(rig: Rig) -> None:
    text = GatedText()
    models = SpeechModels(
        rig.audio_input,
        rig.turn,
        ModelWorker("turn"),
        rig.stt,
        ModelWorker("words"),
        text=text,
        text_worker=ModelWorker("text", limit=4),
    )
    first = asyncio.create_task(models.text_ending("ann", "a"))
    await eventually(lambda: text.read == ["a"])
    older = asyncio.create_task(models.text_ending("ben", "bb"))
    await asyncio.sleep(0)
    newer = asyncio.create_task(models.text_ending("ben", "bbb"))
    with pytest.raises(Superseded):
        await older
    text.let_end(2)
    assert await first == TextEnding(-1.0, -9.0, -0.1)
    assert await newer == TextEnding(-3.0, -9.0, -0.1)
    assert text.read == ["a", "bbb"]
    assert models.stats()["language_model"].completed == 2
    await models.aclose()
