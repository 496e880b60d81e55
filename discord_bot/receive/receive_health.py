"""Detects that the bot receives no audio although there is some. Pure: the time is an argument."""

from __future__ import annotations

from collections import Counter
from typing import Final

from translations import Text, duration, message

# The members are told within 5 s; the supervisor checks twice a second.
NO_GROUP_S: Final = 4.0
"""Joining a DAVE group takes tens of milliseconds; discord.py's own recovery about two seconds."""
LOST_S: Final = 2.5
"""discord.py detects some of these cases itself; a move to another server takes a second. The
supervisor waits one more second before it tells the members."""
REFUSED_S: Final = 3.0
_REFUSED_PACKETS: Final = 25
"""Half a second of speech: a few packets fail around every reconnect."""


class ReceiveHealth:
    """Reports a problem as soon as it is certain, until audio is received again."""

    def __init__(self) -> None:
        self._no_group_since: float | None = None
        self._lost_since: float | None = None
        self._refused_since: float | None = None
        self._refused: Counter[str] = Counter()

    def observe(self, now: float, *, groupless: bool, lost: bool) -> None:
        """Note the state of the call.

        Args:
            now: the event loop's time.
            groupless: others are here, the call is encrypted, and the bot is not in its DAVE group.
            lost: discord.py calls the connection alive, but its websocket is closed.
        """
        self._no_group_since = _since(self._no_group_since, groupless, now)
        self._lost_since = _since(self._lost_since, lost, now)

    def decrypted(self) -> None:
        """A packet of speech was decrypted."""
        self._refused_since = None
        self._refused.clear()

    def refused(self, now: float, why: str) -> None:
        """A packet of speech could not be decrypted or attributed."""
        if self._refused_since is None:
            self._refused_since = now
        self._refused[why] += 1

    def session_started(self) -> None:
        """A new voice session began: the refusals of the old one do not count for it."""
        self.decrypted()
        self._no_group_since = self._lost_since = None

    def problem(self, now: float) -> Text | None:
        """Why no audio is received, as a clause for the members; None if all is well."""
        if self._lost_since is not None and now - self._lost_since >= LOST_S:
            return message(
                "the voice connection has been closed for {time}",
                time=duration(now - self._lost_since),
            )
        if self._no_group_since is not None and now - self._no_group_since >= NO_GROUP_S:
            return message(
                "others are here, but I have not been in the call's encryption group (DAVE) "
                "for {time}",
                time=duration(now - self._no_group_since),
            )
        total = self._refused.total()
        if (
            self._refused_since is not None
            and total >= _REFUSED_PACKETS
            and now - self._refused_since >= REFUSED_S
        ):
            reasons = ", ".join(f"{why}: {n}" for why, n in self._refused.most_common())
            return message(
                "none of the last {total} audio packets, over {time}, could be decrypted "
                "({reasons})",
                total=total,
                time=duration(now - self._refused_since),
                reasons=reasons,
            )
        return None


def _since(since: float | None, true_now: bool, now: float) -> float | None:
    if not true_now:
        return None
    return now if since is None else since
