"""Kokoro as an engine, without its weights: preparation, slices, and the stock of sentences."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from server.engines import kokoro_voices
from server.engines.kokoro import KokoroFrames
from server.engines.kokoro_graph import FRAME_SAMPLES
from server.engines.kokoro_voices import KokoroVoices
from server.errors import SynthesisFailed

STOCK = ("One moment, please.",)
LONG = "The train to the city leaves from platform nine at half past ten."


class SmallModel:
    """A model whose sound is a tone of three frames for each token, and silence around it."""

    def __init__(self, _: Path, *, threads: int, gpu: bool) -> None:
        self.voices = ("af_heart", "bm_george")
        self.in_slices = not gpu
        self.fails = False
        self.may_run = threading.Event()
        self.may_run.set()
        self.computed: list[tuple[int, int]] = []
        self.whole = 0

    def check(self, voice: str) -> None:
        assert voice in self.voices

    def frames(self, tokens: Sequence[int], voice: str, speed: float) -> KokoroFrames:
        count = 40 + 3 * len(tokens)
        source = 0.5 * np.sin(np.arange(count * FRAME_SAMPLES) * 0.05)
        source[: 20 * FRAME_SAMPLES] = source[-20 * FRAME_SAMPLES :] = 0
        features = np.zeros((1, 1, count), np.float32)
        return KokoroFrames(
            features, source[None].astype(np.float32), np.zeros((1, 1), np.float32), 12
        )

    def sound(self, frames: KokoroFrames) -> tuple[NDArray[np.float32], list[NDArray[np.float32]]]:
        self.may_run.wait(10)
        if self.fails:
            raise SynthesisFailed("it failed")
        self.whole += 1
        return frames.source[0], [np.ones((1, 2, 1), np.float32)] * 2

    def run(self, tokens: Sequence[int], voice: str, speed: float) -> NDArray[np.float32]:
        return self.sound(self.frames(tokens, voice, speed))[0]

    def slice_of(
        self,
        frames: KokoroFrames,
        first: int,
        last: int,
        statistics: Sequence[NDArray[np.float32]],
    ) -> NDArray[np.float32]:
        assert len(statistics) == 2
        self.computed.append((first, last))
        return frames.source[0, first * FRAME_SAMPLES : last * FRAME_SAMPLES]


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[SmallModel]]:
    made: list[SmallModel] = []

    def make(folder: Path, *, threads: int, gpu: bool) -> SmallModel:
        made.append(SmallModel(folder, threads=threads, gpu=gpu))
        return made[-1]

    monkeypatch.setattr(kokoro_voices, "KokoroModel", make)
    yield made
    for model in made:
        model.may_run.set()


def audio_of(voices: KokoroVoices, text: str, voice: str = "bm_george") -> list[bytes]:
    return list(voices.speak(text, voice, 1.0).chunks)


def test_a_prepared_voice_speaks_in_slices_that_are_the_whole(models: list[SmallModel]) -> None:
    plain = KokoroVoices(Path())
    whole = audio_of(plain, LONG)
    assert len(whole) == 1, "without preparation, a sentence is one chunk"
    plain.close()
    voices = KokoroVoices(Path(), stock=(), prepared=("bm_george",), wait=True)
    chunks = audio_of(voices, LONG)
    assert len(chunks) > 2
    assert len(models[-1].computed) == len(chunks) - 1, "the last chunk is the pause"
    one, other = (np.frombuffer(b"".join(each), "<i2") for each in (whole, chunks))
    assert one.shape == other.shape
    assert np.abs(one.astype(int) - other).max() <= 1
    voices.close()


def test_a_voice_that_is_not_prepared_is_after_its_first_use(models: list[SmallModel]) -> None:
    voices = KokoroVoices(Path(), stock=STOCK, prepared=("bm_george", "bf_none"), wait=True)
    assert len(audio_of(voices, LONG, "af_heart")) == 1
    voices.close()
    voices = KokoroVoices(Path(), stock=STOCK)
    audio_of(voices, LONG, "af_heart")
    voices._background.submit(lambda: None).result()
    assert len(audio_of(voices, LONG + " Yes.", "af_heart")) > 2
    voices.close()


def test_the_stock_is_computed_once_and_other_sentences_are_not_in_it(
    models: list[SmallModel],
) -> None:
    voices = KokoroVoices(Path(), stock=STOCK, prepared=("bm_george",), wait=True)
    before = models[0].whole
    assert len(audio_of(voices, STOCK[0])) == 1
    assert len(audio_of(voices, STOCK[0])) == 1
    assert models[0].whole == before
    assert not models[0].computed
    audio_of(voices, "One moment, please, Bob.")
    assert models[0].computed
    voices.close()


def test_preparation_waits_while_a_request_is_served(models: list[SmallModel]) -> None:
    voices = KokoroVoices(Path(), stock=STOCK)
    request = voices.speak("Yes. No.", "bm_george", 1.0).chunks
    next(request)
    voices._prepare_later("af_heart")
    assert models[0].whole == 1, "only the sentence of the request"
    list(request)
    voices._background.submit(lambda: None).result()
    assert len(audio_of(voices, LONG, "af_heart")) > 2
    voices.close()


def test_closing_ends_a_preparation_that_waits(models: list[SmallModel]) -> None:
    voices = KokoroVoices(Path(), stock=STOCK)
    request = voices.speak("Yes. No.", "bm_george", 1.0).chunks
    next(request)
    voices._prepare_later("af_heart")
    voices.close()
    with pytest.raises(SynthesisFailed, match="closed"):
        next(request)


def test_a_voice_that_cannot_be_prepared_speaks_as_before(
    models: list[SmallModel], caplog: pytest.LogCaptureFixture
) -> None:
    voices = KokoroVoices(Path(), stock=STOCK)
    models[0].fails = True
    voices._prepare_later("bm_george")
    voices._background.submit(lambda: None).result()
    assert "bm_george stays slow to begin: it failed" in caplog.text
    models[0].fails = False
    assert len(audio_of(voices, LONG)) == 1
    voices.close()


def test_on_a_gpu_nothing_is_prepared(models: list[SmallModel]) -> None:
    voices = KokoroVoices(Path(), gpu=True, stock=STOCK, prepared=("bm_george",), wait=True)
    assert models[0].whole == 0
    assert len(audio_of(voices, LONG)) == 1
    voices.close()


def test_closing_ends_the_preparation_without_a_warning(
    models: list[SmallModel], caplog: pytest.LogCaptureFixture
) -> None:
    voices = KokoroVoices(Path(), stock=STOCK)
    models[0].may_run.clear()
    voices._prepare_later("bm_george", "af_heart")
    closing = threading.Thread(target=voices.close)
    closing.start()
    models[0].may_run.set()
    closing.join(10)
    assert not closing.is_alive()
    assert "stays slow" not in caplog.text
