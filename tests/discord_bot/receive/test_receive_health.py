from __future__ import annotations

from discord_bot.receive.receive_health import LOST_S, NO_GROUP_S, REFUSED_S, ReceiveHealth


def refuse(health: ReceiveHealth, start: float, packets: int, why: str = "DAVE key") -> None:
    for n in range(packets):
        health.refused(start + n * 0.02, why)


def test_there_is_no_problem_at_first() -> None:
    health = ReceiveHealth()
    health.observe(0.0, groupless=False, lost=False)
    assert health.problem(100.0) is None


def test_five_seconds_outside_the_group_are_a_problem() -> None:
    health = ReceiveHealth()
    health.observe(0.0, groupless=True, lost=False)
    assert health.problem(NO_GROUP_S - 0.1) is None
    health.observe(3.0, groupless=True, lost=False)
    assert "DAVE" in str(health.problem(NO_GROUP_S))
    health.observe(6.0, groupless=False, lost=False)
    assert health.problem(6.0) is None


def test_being_alone_meanwhile_restarts_the_wait() -> None:
    health = ReceiveHealth()
    health.observe(0.0, groupless=True, lost=False)
    health.observe(4.0, groupless=False, lost=False)
    health.observe(4.5, groupless=True, lost=False)
    assert health.problem(6.0) is None
    assert health.problem(9.5) is not None


def test_three_seconds_of_undecryptable_speech_are_a_problem() -> None:
    health = ReceiveHealth()
    refuse(health, 10.0, 120)
    reason = health.problem(12.5)
    assert reason is None
    reason = health.problem(10.0 + REFUSED_S)
    assert reason is not None
    assert "120 audio packets" in str(reason)
    assert "DAVE key: 120" in str(reason)


def test_one_decrypted_packet_ends_the_problem() -> None:
    health = ReceiveHealth()
    refuse(health, 10.0, 200)
    assert health.problem(14.0) is not None
    health.decrypted()
    assert health.problem(14.0) is None


def test_a_few_refused_packets_are_no_problem() -> None:
    health = ReceiveHealth()
    refuse(health, 0.0, 10, "transport key")
    assert health.problem(1000.0) is None


def test_short_bursts_of_lost_speech_add_up() -> None:
    health = ReceiveHealth()
    refuse(health, 0.0, 20)
    refuse(health, 8.0, 20)
    assert health.problem(8.4) is not None


def test_a_lost_connection_is_a_problem() -> None:
    health = ReceiveHealth()
    health.observe(0.0, groupless=False, lost=True)
    assert health.problem(LOST_S - 0.1) is None
    assert "closed" in str(health.problem(LOST_S))


def test_a_new_session_starts_without_a_problem() -> None:
    health = ReceiveHealth()
    refuse(health, 0.0, 200)
    health.observe(0.0, groupless=True, lost=True)
    health.session_started()
    assert health.problem(100.0) is None
