from __future__ import annotations

from discord_bot.receive.replay import ReplayFilter


def test_a_copy_is_known_and_streams_do_not_mix() -> None:
    copies = ReplayFilter()
    assert not copies.is_copy(1, 7)
    assert not copies.is_copy(2, 7)
    assert copies.is_copy(1, 7)


def test_a_number_used_again_after_the_wrap_is_no_copy() -> None:
    copies = ReplayFilter()
    for n in range(0x10000):
        assert not copies.is_copy(1, n)
    assert not copies.is_copy(1, 0)
    assert copies.is_copy(1, 0xFFFF)


def test_a_forgotten_stream_begins_anew() -> None:
    copies = ReplayFilter()
    copies.is_copy(1, 7)
    copies.forget(1)
    assert not copies.is_copy(1, 7)


def test_memory_is_bounded_by_the_oldest_stream() -> None:
    copies = ReplayFilter()
    for ssrc in range(1000):
        copies.is_copy(ssrc, 7)
    assert not copies.is_copy(0, 7)
    assert copies.is_copy(999, 7)
