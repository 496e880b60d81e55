"""Counts only grow, also when a voice connection ends."""

from __future__ import annotations

from dataclasses import fields

from app.call_counts import RESULTS, CallCounts
from discord_bot.receive.counters import ReceiveCounters


def test_every_number_of_the_receive_path_is_counted() -> None:
    numbers = {field.name for field in fields(ReceiveCounters)} - {"dave_fail", "last_frame_at"}
    assert set(RESULTS) == numbers


def test_what_an_ended_connection_counted_stays() -> None:
    counts, first, second = CallCounts(), ReceiveCounters(), ReceiveCounters()
    counts.see([first])
    first.datagrams, first.concealed = 10, 2
    first.dave_fail["NoValidCryptorFound"] = 3
    assert counts.packets()["datagrams"] == 10
    counts.see([first, second])
    first.datagrams += 5  # after the last look, before its end
    second.datagrams = 1
    counts.see([second])
    assert counts.packets()["datagrams"] == 16
    assert counts.packets()["concealed"] == 2
    assert counts.dave_failures()["NoValidCryptorFound"] == 3
    counts.see([])
    assert counts.packets()["datagrams"] == 16
    assert counts.connections == 2
