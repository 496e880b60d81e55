from __future__ import annotations

import pytest

from logs import Place, placed
from logs.place import fields_of
from server.protection.turn_place import PLACE_HEADER, place_headers, place_in


def test_a_place_comes_through_the_header_as_it_was() -> None:
    turn = Place("guild 42, turn 7 of speaker 99, agent jérôme", guild=42, turn=7, agent="jérôme")
    with placed(turn):
        header = place_headers()[PLACE_HEADER]
    came = place_in(header.encode("ascii"))
    assert came == turn
    assert fields_of(came or "") == turn.fields


def test_outside_of_a_turn_there_is_no_header() -> None:
    assert place_headers() == {}
    with placed("x" * 2_000):
        assert place_headers() == {}


@pytest.mark.parametrize(
    "header",
    [b"", b"guild 42", b"[]", b"{}", b'{"words": 1}', b'{"words": "x", "guild": []}', b"[" * 900],
)
def test_what_cannot_be_read_is_no_place(header: bytes) -> None:
    assert place_in(header) is None
    assert place_in(b'{"words": "' + b"x" * 1_000 + b'"}') is None
