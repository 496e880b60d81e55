"""What can happen to a call: outages that pass, and people who end it or take it elsewhere."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from testing.outage_harness import OutageHarness

VOICE_CODES: Final = (
    1000, 1001, 1006, 1011, *(code for code in range(4001, 4023) if code not in (4007, 4008)),
)  # fmt: skip
"""Close codes of the voice gateway: Discord's, and those of the websocket itself."""
_ALL: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Outage:
    """``begin`` breaks something, ``end`` mends it. What heals is up to the bot."""

    name: str
    begin: Callable[[OutageHarness], Awaitable[None]]
    end: Callable[[OutageHarness], Awaitable[None]]


def _outage(
    name: str,
    begin: Callable[[OutageHarness], None],
    end: Callable[[OutageHarness], None] = lambda _: None,
) -> Outage:
    async def begun(stage: OutageHarness) -> None:
        begin(stage)

    async def ended(stage: OutageHarness) -> None:
        end(stage)

    return Outage(name, begun, ended)


def _refused(code: int) -> Outage:
    """The voice server closes with a code, and so it does whenever the bot comes back."""

    def begin(stage: OutageHarness) -> None:
        stage.sim.faults.refuse_all_voice = code
        if code == 1006:
            stage.sim.abort_voice(stage.guild)
        else:
            stage.sim.close_voice(stage.guild, code)

    def end(stage: OutageHarness) -> None:
        stage.sim.faults.refuse_all_voice = None

    return _outage(f"voice refused, {code}", begin, end)


def _no_discovery(stage: OutageHarness) -> None:
    stage.sim.faults.drop_discovery = _ALL
    stage.sim.close_voice(stage.guild, 4006)


def _no_voice(stage: OutageHarness) -> None:
    stage.sim.faults.voice_gateway_away = True
    stage.sim.abort_voice(stage.guild)


def _no_gateway(*, resumable: bool) -> Callable[[OutageHarness], None]:
    def begin(stage: OutageHarness) -> None:
        stage.sim.faults.gateway_away = True
        stage.sim.drop_gateway(resumable=resumable, abruptly=True)

    return begin


def _no_rest(stage: OutageHarness) -> None:
    stage.sim.faults.rest_away = True
    _no_voice(stage)


def _no_network(*, resumable: bool, names: bool = True) -> Callable[[OutageHarness], None]:
    def begin(stage: OutageHarness) -> None:
        stage.sim.faults.unresolvable = not names
        stage.sim.cut_off()
        if not resumable:
            stage.sim.drop_gateway(resumable=False)

    return begin


def _mend(stage: OutageHarness) -> None:
    faults = stage.sim.faults
    faults.drop_discovery = 0
    faults.unresolvable = False
    stage.sim.reconnect()


async def _nothing(_: OutageHarness) -> None:
    return


REFUSALS: Final = tuple(_refused(code) for code in VOICE_CODES)
AWAY: Final = (
    _outage("UDP discovery unanswered", _no_discovery, _mend),
    _outage("voice server away", _no_voice, _mend),
    _outage("gateway away, resumed", _no_gateway(resumable=True), _mend),
    _outage("gateway away, new session", _no_gateway(resumable=False), _mend),
    _outage("REST and voice away", _no_rest, _mend),
    _outage("network gone, resumed", _no_network(resumable=True), _mend),
    _outage("network gone, new session", _no_network(resumable=False), _mend),
    _outage("names not found", _no_network(resumable=True, names=False), _mend),
)
RESTARTS: Final = (
    Outage("killed (kill -9)", lambda stage: stage.kill_bot(), lambda stage: stage.start_bot()),
    Outage("stopped (SIGTERM)", lambda stage: stage.stop_bot(), lambda stage: stage.start_bot()),
)
SHOWN_IN: Final = (AWAY[0], AWAY[2])
"""In these everybody sees the bot in its channel, and can put it out. So they can for some seconds
after its network is gone; but then Discord itself puts it out, in the same words."""
NO_OUTAGE: Final = Outage("nothing", _nothing, _nothing)


@dataclass(frozen=True, slots=True)
class MemberAction:
    """An act of a member, and whether it ends the call."""

    name: str
    do: Callable[[OutageHarness], None]
    ends: bool


def _drag(stage: OutageHarness) -> None:
    stage.sim.drag(stage.other)


MEMBER_ACTIONS: Final = (
    MemberAction("kicked", lambda stage: stage.sim.kick(stage.guild), ends=True),
    MemberAction("channel deleted", lambda stage: stage.sim.delete_channel(stage.room), ends=True),
    MemberAction("dragged", _drag, ends=False),
)
