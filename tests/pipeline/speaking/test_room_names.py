"""Whom the marks in an agent's text mean."""

from __future__ import annotations

from pipeline.speaking.room_names import RoomNames
from testing.room import ANN, BEN
from tests.pipeline.speaking.text_normalization.texts import People


def test_those_of_the_room_come_first_and_others_are_asked_for() -> None:
    names = RoomNames(People({ANN.id: "Anna K.", 7: "Cy"}, {5: "general"}, {3: "Admins"}))
    names.add(ANN)
    assert [names.person(number) for number in (ANN.id, BEN.id, 7)] == ["Ann", None, "Cy"]
    assert (names.channel(5), names.channel(6)) == ("general", None)
    assert (names.role(3), names.role(4)) == ("Admins", None)


def test_alone_it_knows_who_came() -> None:
    names = RoomNames()
    names.add(ANN)
    assert (names.person(ANN.id), names.person(9)) == ("Ann", None)
    assert names.channel(5) is names.role(3) is None
