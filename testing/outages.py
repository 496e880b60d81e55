"""Outages of a call, and the actions of members that end or move it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from testing.outage_harness import OutageHarness

VOICE_CODES: Final = (
    1000, 1001, 1006, 1011, *(code for code in range(4001, 4023) if code not in (4007, 4008)),
)  # fmt: skip
"""Close codes of the voice gateway: Discord's, and those of WebSocket."""
_ALL: Final = 1_000_000
TOLD_WITHIN_S: Final = 5.0
"""The longest that members may wonder why the bot does not hear them, or they not the bot."""


@dataclass(frozen=True, slots=True)
class Outage:
    """``begin`` breaks something, ``end`` repairs it; the bot must recover by itself."""

    name: str
    begin: Callable[[OutageHarness], Awaitable[None]]
    end: Callable[[OutageHarness], Awaitable[None]]
    must_tell: bool = False
    """The members must be told within `TOLD_WITHIN_S`, however short it is."""
    loses_s: float | None = None
    """The speech that may be lost at most; None for as much as the outage and the way back take."""


def plain_outage(
    name: str,
    begin: Callable[[OutageHarness], None],
    end: Callable[[OutageHarness], None] = lambda _: None,
    *,
    must_tell: bool = False,
    loses_s: float | None = None,
) -> Outage:
    """An outage of two functions that do not wait."""

    async def begun(harness: OutageHarness) -> None:
        begin(harness)

    async def ended(harness: OutageHarness) -> None:
        end(harness)

    return Outage(name, begun, ended, must_tell, loses_s)


def _refused(code: int) -> Outage:
    """The voice server closes with a code, and rejects each new attempt with it."""

    def begin(harness: OutageHarness) -> None:
        harness.sim.faults.refuse_all_voice = code
        if code == 1006:
            harness.sim.abort_voice(harness.guild)
        else:
            harness.sim.close_voice(harness.guild, code)

    def end(harness: OutageHarness) -> None:
        harness.sim.faults.refuse_all_voice = None

    return plain_outage(f"voice refused, {code}", begin, end)


def _no_discovery(harness: OutageHarness) -> None:
    harness.sim.faults.drop_discovery = _ALL
    harness.sim.close_voice(harness.guild, 4006)


def _no_voice(harness: OutageHarness) -> None:
    harness.sim.faults.voice_gateway_away = True
    harness.sim.abort_voice(harness.guild)


def _no_gateway(*, resumable: bool) -> Callable[[OutageHarness], None]:
    def begin(harness: OutageHarness) -> None:
        harness.sim.faults.gateway_away = True
        harness.sim.drop_gateway(resumable=resumable, abruptly=True)

    return begin


def _no_rest(harness: OutageHarness) -> None:
    harness.sim.faults.rest_away = True
    _no_voice(harness)


def _no_network(*, resumable: bool, names: bool = True) -> Callable[[OutageHarness], None]:
    def begin(harness: OutageHarness) -> None:
        harness.sim.faults.unresolvable = not names
        harness.sim.cut_off()
        if not resumable:
            harness.sim.drop_gateway(resumable=False)

    return begin


def _mend(harness: OutageHarness) -> None:
    faults = harness.sim.faults
    faults.drop_discovery = 0
    faults.unresolvable = False
    harness.sim.reconnect()


async def _nothing(_: OutageHarness) -> None:
    return


REFUSALS: Final = tuple(_refused(code) for code in VOICE_CODES)
AWAY: Final = (
    plain_outage("UDP discovery unanswered", _no_discovery, _mend),
    plain_outage("voice server away", _no_voice, _mend),
    plain_outage("gateway away, resumed", _no_gateway(resumable=True), _mend),
    plain_outage("gateway away, new session", _no_gateway(resumable=False), _mend),
    plain_outage("REST and voice away", _no_rest, _mend),
    plain_outage("network gone, resumed", _no_network(resumable=True), _mend),
    plain_outage("network gone, new session", _no_network(resumable=False), _mend),
    plain_outage("names not found", _no_network(resumable=True, names=False), _mend),
)
RESTARTS: Final = (
    Outage("killed (kill -9)", lambda h: h.kill_bot(), lambda h: h.start_bot()),
    Outage("stopped (SIGTERM)", lambda h: h.stop_bot(), lambda h: h.start_bot()),
)
SHOWN_IN: Final = (AWAY[0], AWAY[2])
"""Outages in which the channel still shows the bot, so that a moderator can disconnect it. Without
its network it is shown for some seconds too; then Discord itself disconnects it in the same way."""
NO_OUTAGE: Final = Outage("nothing", _nothing, _nothing)


@dataclass(frozen=True, slots=True)
class MemberAction:
    """An action of a member, and whether it ends the call."""

    name: str
    do: Callable[[OutageHarness], None]
    ends: bool


def _drag(harness: OutageHarness) -> None:
    harness.sim.drag(harness.other)


MEMBER_ACTIONS: Final = (
    MemberAction("kicked", lambda h: h.sim.kick(h.guild), ends=True),
    MemberAction("channel deleted", lambda h: h.sim.delete_channel(h.room), ends=True),
    MemberAction("dragged", _drag, ends=False),
)
