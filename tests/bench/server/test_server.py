"""The measurements of the speech server, on a small one."""

from __future__ import annotations

import os
from itertools import islice

import pytest

from bench.server.attacks import AttackResult, attacked, attacks, speech_request
from bench.server.frames import Lateness
from bench.server.server_process import MeasuredServer
from bench.server.throughput import Rate, recording, sentences, speech_rate
from server.runner import EmbeddedServer
from server.settings import ServerSettings


def measured(server: EmbeddedServer) -> MeasuredServer:
    return MeasuredServer("127.0.0.1", int(server.url.rpartition(":")[2]), os.getpid())


def test_sentences_differ_so_that_no_cache_answers() -> None:
    texts = list(islice(sentences(), 40))
    assert len(set(texts)) > 30


def test_a_result_has_the_waits_and_the_refusals() -> None:
    result = AttackResult("x", 10.04, 0.15, 20.0, 15.0, [0.1, 0.3, 0.2], 1, {"413": 2})
    assert result.numbers() == {
        "name": "x",
        "before_mib": 10.0,
        "usual_s": 0.15,
        "most_mib": 20.0,
        "after_mib": 15.0,
        "refused": 1,
        "statuses": {"413": 2},
        "hello_asked": 4,
        "hello_median_s": 0.2,
        "hello_longest_s": 0.3,
    }
    assert AttackResult("x", 1.0).numbers()["hello_median_s"] is None


def test_a_rate_counts_what_was_heard_and_refused() -> None:
    rate = Rate(4, [10.0, 30.0], [20.0, 40.0], audio_s=6.0, refused=1, took_s=2.0)
    numbers = rate.numbers()
    assert numbers["requests"] == 2
    assert numbers["refused"] == 1
    assert numbers["first_byte_p50_ms"] == 20
    assert numbers["audio_seconds_per_second"] == 3.0


def test_late_frames_are_counted() -> None:
    numbers = Lateness([1.0, 25.0], [0.1, 0.2]).numbers()
    assert numbers["loop_over_20_ms"] == 1
    assert numbers["thread_over_20_ms"] == 0


async def test_speech_is_measured_over_loopback() -> None:
    async with EmbeddedServer(ServerSettings(port=0)) as server:
        rate = await speech_rate(server.url, 2, 0.3, "espeak:en-gb")
        assert rate.audio_s > 1
        assert len(rate.first_byte_ms) == len(rate.total_ms) >= 2
        assert (await recording(server.url, "espeak:en-gb")).startswith(b"RIFF")


async def test_an_attack_is_answered_and_the_honest_client_served(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bench.server.attacks._AFTER_S", 0.1)
    name = "a JSON body of 300 MB"
    async with EmbeddedServer(ServerSettings(port=0)) as server:
        result = await attacked(name, attacks("espeak:en-gb")[name], measured(server), 10)
    assert result.waits_s
    assert not result.refused
    assert result.statuses.get("413", 0) + result.statuses.get("cut", 0) == 1


def test_a_request_is_one_that_servers_read() -> None:
    head, _, body = speech_request("Hello.", "sage").partition(b"\r\n\r\n")
    assert b"Content-Length: %d" % len(body) in head
    assert b'"voice": "sage"' in body
