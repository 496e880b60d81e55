from __future__ import annotations

from datetime import UTC, datetime

import pytest

from server.synthesis.retry_after import retry_after_s

NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2", 2.0),
        (" 0.5 ", 0.5),
        ("-3", 0.0),
        ("Sat, 21 Nov 2026 12:00:05 GMT", 5.0),
        ("Sat, 21 Nov 2026 13:00:05 +0100", 5.0),
        ("Sat, 21 Nov 2026 12:00:05 -0000", 5.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        (None, None),
        ("", None),
        ("soon", None),
        ("inf", None),
        ("nan", None),
        ("Sat, 99 Nov 2026 12:00:05 GMT", None),
    ],
)
def test_seconds_and_dates_are_read_and_nonsense_is_none(
    value: str | None, seconds: float | None
) -> None:
    assert retry_after_s(value, NOW) == seconds
