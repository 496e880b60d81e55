from __future__ import annotations

import pytest

from web.errors import TalkRefused
from web.talk.people import LONGEST_NAME, USUAL_ROOM, person_id, person_name, room_id, room_name

FIRST_SNOWFLAKE_OF_MAY_2015 = 1 << 55


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (" Ann ", "Ann"),
        ("Ann\u202e\u200b\nBen", "Ann Ben"),
        ("Zoe\u0308", "Zoë"),
        ("李雷", "李雷"),
    ],
)
def test_a_name_is_one_line_of_visible_characters(typed: str, shown: str) -> None:
    assert person_name(typed) == shown


@pytest.mark.parametrize("typed", ["", "  ", "\u200b\n", "a" * (LONGEST_NAME + 1), "a" * 100_000])
def test_a_name_that_no_one_can_call_is_refused(typed: str) -> None:
    with pytest.raises(TalkRefused, match="characters"):
        person_name(typed)


def test_a_room_has_a_plain_name_and_without_one_it_is_the_usual() -> None:
    assert room_name("") == USUAL_ROOM
    assert room_name(" Kitchen-2 ") == "kitchen-2"
    for bad in ("../x", "a b", "-a", "a--b", "ü", "a" * 33):
        with pytest.raises(TalkRefused, match="room"):
            room_name(bad)


def test_numbers_are_the_same_for_the_same_name_and_are_no_ids_of_discord() -> None:
    assert person_id("Ann") == person_id("ANN") != person_id("Ben")
    assert person_id("lobby") != room_id("lobby")
    for number in (person_id("Ann"), room_id("lobby")):
        assert 0 < number < FIRST_SNOWFLAKE_OF_MAY_2015
