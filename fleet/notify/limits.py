"""Which sessions may tell people something, and how often it may be critical. No I/O."""

from __future__ import annotations

import math
from collections import deque
from typing import Final, TypeAlias

from fleet.notify.messages import TooManyMessages
from fleet.notify.settings import NotifySettings
from openclaw_client.errors import OutOfReach
from openclaw_client.session_keys import is_listed_session, session_holder

HOUR_S: Final = 3600.0
Reserved: TypeAlias = tuple[float, str]
"""When a critical message was counted, and for whom."""
OWNER: Final = session_holder(None)
"""Members cannot use up what the owner's own sessions may send."""


class SessionLimits:
    """The limits of the settings for messages of agents. Times are Unix time."""

    def __init__(self, settings: NotifySettings) -> None:
        self._settings = settings
        self._critical: deque[Reserved] = deque()
        """The critical messages of the last hour."""

    def reserve(self, session_key: str | None, *, critical: bool, now: float) -> Reserved | None:
        """Count a critical message of that session, before it is sent; None for others.

        Raises:
            OutOfReach: this session may tell people nothing.
            TooManyMessages: it has as many critical messages as it may.
        """
        if not is_listed_session(self._settings.sessions, session_key):
            raise OutOfReach(
                "this session may not tell people anything: the owner's sessions may, and those "
                "that the owner lists (fleet.notify.sessions)"
            )
        if not critical:
            return None
        while self._critical and self._critical[0][0] <= now - HOUR_S:
            self._critical.popleft()
        holder = session_holder(session_key)
        own = [at for at, who in self._critical if who == holder]
        others = [at for at, who in self._critical if who != OWNER and holder != OWNER]
        for sent, most, whose, setting in (
            (own, self._settings.critical_per_hour, "sessions of this origin", "critical_per_hour"),
            (others, self._settings.per_hour, "sessions of members", "per_hour"),
        ):
            if len(sent) >= most:
                minutes = math.ceil((sent[len(sent) - most] + HOUR_S - now) / 60)
                raise TooManyMessages(
                    f"{most} critical messages of {whose} in an hour are the limit; the next one "
                    f"in {minutes} min. Use the urgency high, or have the owner raise "
                    f"fleet.notify.{setting}"
                )

        reserved = now, holder
        self._critical.append(reserved)
        return reserved

    def give_back(self, reserved: Reserved | None) -> None:
        """A message that was counted could not be sent."""
        if reserved is not None:
            self._critical.remove(reserved)
