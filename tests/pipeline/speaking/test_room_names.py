"""The names behind the Discord ids in an agent's text."""

from __future__ import annotations

from pipeline.speaking.room_names import RoomNames
from testing.room import ANN, BEN
from tests.pipeline.speaking.text_normalization.texts import People


def test_members_of_the_room_come_before_the_guilds() -> None:
    names = RoomNames(People({ANN.id: "Anna K.", 7: "Cy"}, {5: "general"}, {3: "Admins"}))
    names.add(ANN)
    assert [names.person(number) for number in (ANN.id, BEN.id, 7)] == ["Ann", None, "Cy"]
    assert (names.channel(5), names.channel(6)) == ("general", None)
    assert (names.role(3), names.role(4)) == ("Admins", None)


def test_without_a_guild_it_knows_the_members_of_the_room() -> None:
    names = RoomNames()
    names.add(ANN)
    assert (names.person(ANN.id), names.person(9)) == ("Ann", None)
    assert names.channel(5) is names.role(3) is None
