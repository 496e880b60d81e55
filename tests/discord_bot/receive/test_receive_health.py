from __future__ import annotations

from discord_bot.receive.receive_health import LOST_S, NO_GROUP_S, REFUSED_S, ReceiveHealth


def refuse(watch: ReceiveHealth, start: float, packets: int, why: str = "DAVE key") -> None:
    for n in range(packets):
        watch.refused(start + n * 0.02, why)


def test_all_is_well_at_first() -> None:
    watch = ReceiveHealth()
    watch.observe(0.0, groupless=False, lost=False)
    assert watch.reason(100.0) is None


def test_without_the_group_for_five_seconds() -> None:
    watch = ReceiveHealth()
    watch.observe(0.0, groupless=True, lost=False)
    assert watch.reason(NO_GROUP_S - 0.1) is None
    watch.observe(3.0, groupless=True, lost=False)
    assert "DAVE" in (watch.reason(NO_GROUP_S) or "")
    watch.observe(6.0, groupless=False, lost=False)
    assert watch.reason(6.0) is None


def test_being_alone_in_between_starts_the_wait_anew() -> None:
    watch = ReceiveHealth()
    watch.observe(0.0, groupless=True, lost=False)
    watch.observe(4.0, groupless=False, lost=False)
    watch.observe(4.5, groupless=True, lost=False)
    assert watch.reason(6.0) is None
    assert watch.reason(9.5) is not None


def test_three_seconds_of_speech_that_does_not_open() -> None:
    watch = ReceiveHealth()
    refuse(watch, 10.0, 120)
    reason = watch.reason(12.5)
    assert reason is None
    reason = watch.reason(10.0 + REFUSED_S)
    assert reason is not None
    assert "120 audio packets" in reason
    assert "DAVE key: 120" in reason


def test_one_packet_that_opens_is_hearing_again() -> None:
    watch = ReceiveHealth()
    refuse(watch, 10.0, 200)
    assert watch.reason(14.0) is not None
    watch.opened()
    assert watch.reason(14.0) is None


def test_a_few_strays_are_not_deafness_however_long_ago() -> None:
    watch = ReceiveHealth()
    refuse(watch, 0.0, 10, "transport key")
    assert watch.reason(1000.0) is None


def test_short_bursts_of_lost_speech_add_up() -> None:
    watch = ReceiveHealth()
    refuse(watch, 0.0, 20)
    refuse(watch, 8.0, 20)
    assert watch.reason(8.4) is not None


def test_a_closed_connection_that_is_called_alive() -> None:
    watch = ReceiveHealth()
    watch.observe(0.0, groupless=False, lost=True)
    assert watch.reason(LOST_S - 0.1) is None
    assert "closed" in (watch.reason(LOST_S) or "")


def test_a_new_session_is_judged_anew() -> None:
    watch = ReceiveHealth()
    refuse(watch, 0.0, 200)
    watch.observe(0.0, groupless=True, lost=True)
    watch.renewed()
    assert watch.reason(100.0) is None
