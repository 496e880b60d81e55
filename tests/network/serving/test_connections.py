from __future__ import annotations

from dataclasses import dataclass

from network.serving.connections import OpenConnections
from server.protection.settings import LimitSettings


@dataclass(eq=False)
class Line:
    address: str = "192.0.2.1"
    evicted: bool = False

    def evict(self) -> None:
        self.evicted = True


def three_in_all_two_an_address() -> OpenConnections:
    return OpenConnections(LimitSettings(connections=3, connections_per_address=2))


def test_a_new_connection_takes_the_place_of_the_one_that_waits_longest() -> None:
    places = three_in_all_two_an_address()
    lines = [Line() for _ in range(3)]
    assert all(places.add(line) for line in lines)
    assert [line.evicted for line in lines] == [True, False, False]
    assert len(places) == 2


def test_a_connection_with_a_request_keeps_its_place() -> None:
    places = three_in_all_two_an_address()
    busy, idle = Line(), Line()
    for line in (busy, idle):
        places.add(line)
        places.works(line)
    assert not places.add(Line())
    places.waits(idle)
    assert places.add(Line())
    assert (busy.evicted, idle.evicted) == (False, True)


def test_another_address_is_not_evicted_for_the_limit_of_one() -> None:
    places = three_in_all_two_an_address()
    other = Line("192.0.2.9")
    places.add(other)
    mine = [Line() for _ in range(3)]
    for line in mine:
        places.add(line)
    assert not other.evicted
    assert mine[0].evicted


def test_the_limit_of_all_evicts_of_any_address() -> None:
    places = three_in_all_two_an_address()
    lines = [Line(f"192.0.2.{number}") for number in range(4)]
    for line in lines:
        assert places.add(line)
    assert [line.evicted for line in lines] == [True, False, False, False]


def test_a_closed_connection_gives_its_place_back() -> None:
    places = three_in_all_two_an_address()
    lines = [Line() for _ in range(2)]
    for line in lines:
        places.add(line)
        places.works(line)
    places.discard(lines[0])
    places.waits(lines[0])
    assert places.add(Line())
    assert not lines[1].evicted
    assert len(places) == 2
