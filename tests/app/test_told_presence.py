"""Who came and left since an agent was last told."""

from __future__ import annotations

from app.told_presence import MAX_SESSIONS, PresenceChange, ToldPresence
from pipeline.ports import Speaker

ANN, BEN = Speaker(1, "Ann"), Speaker(2, "Ben")
NOTHING = PresenceChange()


def test_each_session_is_told_what_changed_since_its_own_last_turn() -> None:
    told = ToldPresence()
    assert told.change("a", [ANN]) == NOTHING, "its first turn has the people who are present"
    told.told("a", [ANN])
    told.told("b", [ANN, BEN])
    assert told.change("a", [ANN, BEN]) == PresenceChange(joined=("Ben",))
    assert told.change("a", [ANN, BEN]) == PresenceChange(joined=("Ben",)), "it was not told yet"
    assert told.change("b", [BEN]) == PresenceChange(left=("Ann",))
    assert told.change("b", [ANN, BEN]) == NOTHING


def test_another_name_of_the_same_person_is_no_change() -> None:
    told = ToldPresence()
    told.told("a", [ANN, BEN])
    assert told.change("a", [Speaker(1, "Annie"), BEN]) == NOTHING


def test_two_people_of_one_name_are_two() -> None:
    told = ToldPresence()
    told.told("a", [ANN])
    assert told.change("a", [ANN, Speaker(3, "Ann")]) == PresenceChange(joined=("Ann",))


def test_the_sessions_that_are_remembered_have_a_bound() -> None:
    told = ToldPresence()
    for number in range(MAX_SESSIONS + 1):
        told.told(f"session {number}", [ANN])
    assert told.change("session 0", []) == NOTHING
    assert told.change("session 1", []) == PresenceChange(left=("Ann",))
