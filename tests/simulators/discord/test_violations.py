from __future__ import annotations

from simulators.discord.violations import MAX_VIOLATIONS, Violations


def test_violations_say_where_and_what_and_do_not_fill_the_memory() -> None:
    referee = Violations()
    for index in range(MAX_VIOLATIONS + 50):
        referee.violation("udp", index)
    assert referee.violations[0] == "udp: 0"
    assert len(referee.violations) == MAX_VIOLATIONS
    assert referee.total == MAX_VIOLATIONS + 50


def test_only_what_happened_is_counted() -> None:
    referee = Violations()
    referee.counters.keepalives += 2
    assert referee.counters.nonzero() == {"keepalives": 2}
