from __future__ import annotations

import random
import struct
from collections.abc import Callable

from discord_bot.receive.route import (
    LOST_S,
    PERIOD_S,
    RouteWatch,
    discovery_request,
    is_discovery_answer,
)

SSRC = 7
ANSWER = struct.pack(">HHI64sH", 2, 70, SSRC, b"192.0.2.1", 50_000)
STEP_S = 0.05


class Server:
    """A voice server beyond a line, and a watch of it, in steps of 50 ms."""

    def __init__(self, *, echoes: bool = True, discovers: bool = True) -> None:
        self.watch = RouteWatch()
        self.now = 100.0
        self.lost: Callable[[], bool] = lambda: False
        self.sent: list[bytes] = []
        self._echoes, self._discovers = echoes, discovers

    def run(self, for_s: float) -> str | None:
        """The first problem within that time."""
        for _ in range(round(for_s / STEP_S)):
            self.now += STEP_S
            problem = self.watch.problem(self.now)
            if problem is not None:
                return str(problem)
            if self.now >= self.watch.due_at():
                for data in self.watch.send(SSRC, self.now):
                    self._served(data)
        return None

    def _served(self, data: bytes) -> None:
        self.sent.append(data)
        if self.lost():
            return
        if len(data) == 8 and self._echoes:
            self.watch.received(data, self.now)
        elif data == discovery_request(SSRC) and self._discovers:
            self.watch.received(ANSWER, self.now)


def test_a_discovery_request_is_the_documented_one() -> None:
    request = discovery_request(0x01020304)
    assert request == bytes.fromhex("0001004601020304") + bytes(66)
    assert is_discovery_answer(ANSWER)
    assert not is_discovery_answer(request)


def test_an_hour_of_silence_is_no_problem_and_one_keepalive_a_second() -> None:
    server = Server()
    assert server.run(3600) is None
    assert {len(data) for data in server.sent[10:]} == {8}
    assert len(server.sent) <= 3600 / PERIOD_S + 10


def test_what_was_answered_and_is_no_more_is_lost_within_four_seconds() -> None:
    for known in ({"echoes": True}, {"echoes": False}, {"discovers": False}):
        server = Server(**known)
        assert server.run(60.3) is None
        server.lost, at = (lambda: True), server.now
        assert "nothing comes from the voice server" in str(server.run(10))
        assert server.now - at <= PERIOD_S + LOST_S + 0.2


def test_audio_that_still_comes_shows_which_direction_is_lost() -> None:
    server = Server()
    assert server.run(5) is None
    server.lost = lambda: True
    assert server.run(2.5) is None
    server.watch.received(bytes(60), server.now)
    assert "so you do not hear me" in str(server.run(10))


def test_a_server_that_answers_nothing_is_never_suspected_nor_asked_without_end() -> None:
    server = Server(echoes=False, discovers=False)
    assert server.run(600) is None
    assert sum(len(data) == 74 for data in server.sent) == 10


def test_a_line_that_loses_15_percent_each_way_is_not_lost() -> None:
    chance = random.Random(3)
    server = Server()
    server.lost = lambda: chance.random() < 1 - 0.85**2
    assert server.run(3600) is None


def test_an_answer_ends_the_problem() -> None:
    server = Server()
    assert server.run(5) is None
    server.lost = lambda: True
    assert server.run(10) is not None
    server.lost = lambda: False
    for data in server.watch.send(SSRC, server.now):
        server._served(data)
    assert server.run(60) is None


def test_a_loop_that_stood_still_lost_nothing() -> None:
    server = Server()
    assert server.run(5) is None
    server.watch.send(SSRC, server.now)
    server.now += 60
    assert server.watch.problem(server.now) is None


def test_a_new_session_is_learned_from_the_start() -> None:
    server = Server()
    assert server.run(5) is None
    server.watch.session_started()
    server.watch.received(ANSWER, server.now)  # of the connection, before the first keepalive
    server.lost = lambda: True
    assert server.run(60) is None
