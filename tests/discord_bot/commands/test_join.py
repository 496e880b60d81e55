"""/join as the one who types it sees it."""

from __future__ import annotations

import pytest

from tests.discord_bot.calls import Calls

pytestmark = pytest.mark.asyncio(loop_scope="module")


def in_the_channel(channel: object, name: str = "Jarvis", *, already: bool = False) -> str:
    return (
        f"I am {'already ' if already else ''}in <#{channel.id}>. "  # type: ignore[attr-defined]
        f"Say “{name}” and ask. "
        "`/agent` chooses who answers, `/sensitivity` how readily, `/leave` ends it."
    )


async def announcements(c: Calls) -> list[str]:
    """What everybody could read of the bot in the text channel, since the last time."""
    seen: int = getattr(announcements, "seen", 0)
    messages = [message.content for message in c.sim.messages(c.text)]
    announcements.seen = len(messages)  # type: ignore[attr-defined]
    return messages[seen:]
