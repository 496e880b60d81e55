"""Discord's times, ``<t:1700000000:F>``, as one says them, in this machine's own time zone."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pipeline.language.lexicons import Language

_UNITS: Final = (
    ("year", 365 * 86_400),
    ("month", 30 * 86_400),
    ("day", 86_400),
    ("hour", 3600),
    ("minute", 60),
    ("second", 1),
)


def spoken_time(seconds: int, style: str, now: float, language: Language) -> str:
    """A time in seconds since 1970, in one of Discord's styles; ``now`` is on the same clock."""
    spoken = language.spoken
    if style == "R":
        return _relative(seconds - now, language)
    try:
        when = datetime.fromtimestamp(seconds).astimezone()
    except (ValueError, OverflowError, OSError):
        return spoken["some_time"]
    clock = spoken["clock"].format(
        hour=when.hour,
        hour12=when.hour % 12 or 12,
        minute=when.minute,
        half=spoken["afternoon"] if when.hour >= 12 else spoken["morning"],
    )
    if style in ("t", "T"):
        return clock
    date = spoken["date"].format(
        day=when.day, month=spoken["months"].split()[when.month - 1], year=when.year
    )
    if style in ("d", "D"):
        return date
    if style == "F":
        date = f"{spoken['weekdays'].split()[when.weekday()]}, {date}"
    return spoken["date_at"].format(date=date, clock=clock)


def _relative(ahead_s: float, language: Language) -> str:
    """How long ago, or in how long."""
    spoken, distance = language.spoken, round(abs(ahead_s))
    unit, length = next(((u, s) for u, s in _UNITS if distance >= s), _UNITS[-1])
    count = round(distance / length)
    one, several = spoken[unit].split("/")
    span = one if count == 1 else several.format(count=count)
    return spoken["in" if ahead_s > 0 else "ago"].format(span=span)
