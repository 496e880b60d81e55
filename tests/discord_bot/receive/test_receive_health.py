from __future__ import annotations

from discord_bot.receive.receive_health import LOST_S, NO_GROUP_S, REFUSED_S, ReceiveHealth


def refuse(health: ReceiveHealth, start: float, packets: int, why: str = "DAVE key") -> None:
    for n in range(packets):
        health.refused(start + n * 0.02, why)


def test_all_is_well_at_first() -> None:
    health = ReceiveHealth()
    health.observe(0.0, groupless=False, lost=False)
    assert health.problem(100.0) is None


def test_without_the_group_for_five_seconds() -> None:
    health = ReceiveHealth()
    health.observe(0.0, groupless=True, lost=False)
    assert health.problem(NO_GROUP_S - 0.1) is None
    health.observe(3.0, groupless=True, lost=False)
    assert "DAVE" in (health.problem(NO_GROUP_S) or "")
    health.observe(6.0, groupless=False, lost=False)
    assert health.problem(6.0) is None


def test_being_alone_in_between_starts_the_wait_anew() -> None:
    health = ReceiveHealth()
    health.observe(0.0, groupless=True, lost=False)
    health.observe(4.0, groupless=False, lost=False)
    health.observe(4.5, groupless=True, lost=False)
    assert health.problem(6.0) is None
    assert health.problem(9.5) is not None


def test_three_seconds_of_speech_that_does_not_open() -> None:
    health = ReceiveHealth()
    refuse(health, 10.0, 120)
    reason = health.problem(12.5)
    assert reason is None
    reason = health.problem(10.0 + REFUSED_S)
    assert reason is not None
    assert "120 audio packets" in reason
    assert "DAVE key: 120" in reason


def test_one_packet_that_opens_is_hearing_again() -> None:
    health = ReceiveHealth()
    refuse(health, 10.0, 200)
    assert health.problem(14.0) is not None
    health.decrypted()
    assert health.problem(14.0) is None


def test_a_few_strays_are_not_deafness_however_long_ago() -> None:
    health = ReceiveHealth()
    refuse(health, 0.0, 10, "transport key")
    assert health.problem(1000.0) is None


def test_short_bursts_of_lost_speech_add_up() -> None:
    health = ReceiveHealth()
    refuse(health, 0.0, 20)
    refuse(health, 8.0, 20)
    assert health.problem(8.4) is not None


def test_a_closed_connection_that_is_called_alive() -> None:
    health = ReceiveHealth()
    health.observe(0.0, groupless=False, lost=True)
    assert health.problem(LOST_S - 0.1) is None
    assert "closed" in (health.problem(LOST_S) or "")


def test_a_new_session_is_judged_anew() -> None:
    health = ReceiveHealth()
    refuse(health, 0.0, 200)
    health.observe(0.0, groupless=True, lost=True)
    health.session_started()
    assert health.problem(100.0) is None
