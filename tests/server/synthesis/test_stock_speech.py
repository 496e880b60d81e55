"""The bound of the speech that is kept."""

from __future__ import annotations

import numpy as np

from pipeline.ports import Voice
from server.synthesis.stock_speech import StockKey, StockSpeech

SECOND = np.ones(48_000, np.int16)


def key(text: str, voice: str = "anna", address: str = "http://box") -> StockKey:
    return address, Voice(voice), text


def test_the_speech_that_was_not_used_for_the_longest_time_is_dropped() -> None:
    stock = StockSpeech(["a", "b", "c"], 2 * SECOND.nbytes)
    stock.keep(key("a"), [SECOND])
    stock.keep(key("b"), [SECOND[:24_000], SECOND[:24_000]])
    assert stock.find(key("a")) is not None
    stock.keep(key("c"), [SECOND])
    assert stock.find(key("b")) is None
    assert [stock.find(key(text)) is not None for text in "ac"] == [True, True]
    assert stock.size_bytes == 2 * SECOND.nbytes


def test_keeping_it_again_takes_no_more_room() -> None:
    stock = StockSpeech(["a"], 3 * SECOND.nbytes)
    for _ in range(5):
        stock.keep(key("a"), [SECOND])
    assert stock.size_bytes == SECOND.nbytes


def test_other_sentences_and_those_that_are_too_long_are_not_kept() -> None:
    stock = StockSpeech(["a"], SECOND.nbytes)
    stock.keep(key("b"), [SECOND])
    stock.keep(key("a"), [SECOND, SECOND])
    stock.keep(key("a"), [])
    assert stock.size_bytes == 0
    assert not stock.wants(key("b"))
    assert not StockSpeech(["a"], 0).wants(key("a"))


def test_each_server_and_voice_has_its_own() -> None:
    stock = StockSpeech(["a"], 10 * SECOND.nbytes)
    stock.keep(key("a"), [SECOND])
    assert stock.find(key("a", voice="bert")) is None
    assert stock.find(key("a", address="http://other")) is None
    assert stock.find(("http://box", Voice("anna", 1.5), "a")) is None
