"""Troubles of a call beside outages: packets, members coming and going, rights, servers, stages.

Most are complaints about other voice bots; docs/discord-voice.md lists them. Each is an `Outage`:
it begins, lasts, and ends, and the bot must hear Alice through it or at once afterwards.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from simulators.discord import LineFaults
from testing.outage_harness import OutageHarness
from testing.outages import Outage, plain_outage

_CAMERA_TYPES: Final = (101, 102, 103, 72, 73)
"""Payload types of video, its retransmissions and RTCP."""
_WORD_S: Final = 1.0


def _line(name: str, loses_s: float = 0.0, **faults: float) -> Outage:
    """Alice's packets suffer; ``faults`` are those of `LineFaults`."""

    def begin(harness: OutageHarness) -> None:
        harness.line = LineFaults(**faults)  # type: ignore[arg-type]

    def end(harness: OutageHarness) -> None:
        harness.line = LineFaults()

    return plain_outage(name, begin, end, loses_s=loses_s)


def _lasting(
    name: str,
    during: Callable[[OutageHarness], Awaitable[None]],
    after: Callable[[OutageHarness], Awaitable[None]] | None = None,
    *,
    loses_s: float | None = None,
) -> Outage:
    """``during`` runs until the end and is cancelled then."""
    running: list[asyncio.Task[None]] = []

    async def begin(harness: OutageHarness) -> None:
        running.append(asyncio.ensure_future(_run(during(harness))))

    async def end(harness: OutageHarness) -> None:
        task = running.pop()
        task.cancel()
        await asyncio.wait({task})
        if not task.cancelled():
            task.result()
        if after is not None:
            await after(harness)

    return Outage(name, begin, end, loses_s=loses_s)


async def _run(work: Awaitable[None]) -> None:
    await work


async def _churn(harness: OutageHarness) -> None:
    while True:
        await harness.ben.join(harness.room)
        await asyncio.sleep(1.5)
        await harness.ben.leave()
        await asyncio.sleep(1.5)


async def _ben_gone(harness: OutageHarness) -> None:
    if harness.ben.channel is not None:
        await harness.ben.leave()


async def _camera(harness: OutageHarness) -> None:
    while True:
        for kind in _CAMERA_TYPES:
            harness.alice.send_foreign(kind)
        await asyncio.sleep(0.02)


async def _comes_back_unannounced(harness: OutageHarness) -> None:
    await _pause(harness)
    await harness.alice.leave()
    await harness.alice.join(harness.room, announce=False)
    harness.quiet = False


async def _announced(harness: OutageHarness) -> None:
    await harness.alice.announce()


async def _new_ssrc(harness: OutageHarness) -> None:
    await _pause(harness)
    harness.alice.renew_ssrc()
    harness.quiet = False


async def _drag_there_and_back(harness: OutageHarness) -> None:
    harness.sim.drag(harness.other)
    await asyncio.sleep(3.0)
    harness.sim.drag(harness.room)


async def _to_a_stage(harness: OutageHarness) -> None:
    stage = harness.guild.add_stage_channel("Stage")
    await asyncio.sleep(0.5)
    harness.sim.drag(stage)


async def _from_the_stage(harness: OutageHarness) -> None:
    harness.sim.drag(harness.room)


async def _nothing(_: OutageHarness) -> None:
    return


async def _pause(harness: OutageHarness) -> None:
    """Wait until Alice says nothing."""
    harness.quiet = True
    await asyncio.sleep(2 * _WORD_S)


def _quiet(harness: OutageHarness) -> None:
    harness.sim.faults.udp_idle_limit_s = 30.0
    harness.quiet = True


def _talks_again(harness: OutageHarness) -> None:
    harness.quiet = False


def _refuses(times: int) -> Callable[[OutageHarness], None]:
    def begin(harness: OutageHarness) -> None:
        harness.sim.faults.refuse_voice = deque([4006] * times)
        harness.sim.close_voice(harness.guild, 4006)

    return begin


def _corrupt_welcome(harness: OutageHarness) -> None:
    harness.sim.faults.corrupt_welcomes = 1
    harness.sim.close_voice(harness.guild, 4006)


def _forbid(**permissions: bool) -> Callable[[OutageHarness], None]:
    return lambda harness: harness.room.forbid(**permissions)


def _permit(harness: OutageHarness) -> None:
    harness.room.forbid()


def _connect_taken(harness: OutageHarness) -> None:
    harness.room.forbid(connect=True)
    harness.sim.close_voice(harness.guild, 4006)


def _udp_lost(name: str, *directions: str) -> Outage:
    """Datagrams are lost while both gateways stay connected."""

    def switch(harness: OutageHarness, away: bool) -> None:
        for direction in directions:
            setattr(harness.sim.faults, direction, away)

    return plain_outage(
        name, lambda h: switch(h, away=True), lambda h: switch(h, away=False), must_tell=True
    )


PACKETS: Final = (
    _line("3 to 15 % of the packets padded", padding=200, padded=0.15, padding_only=0.1),
    _line("packets without a header extension", extension=False),
    _line("5 % of the packets lost", loss=0.05),
    _line("15 % of the packets lost", loss=0.15),
    _line("packets reordered and duplicated", reorder=0.1, duplicate=0.1, jitter_ms=30.0),
    _lasting("a camera sends video and RTCP", _camera, loses_s=0.0),
    _lasting("a member's SSRC changes", _new_ssrc, loses_s=3.0),
    _lasting("op 5 is late", _comes_back_unannounced, _announced, loses_s=4.0),
)
PEOPLE: Final = (
    _lasting("a third member joins and leaves", _churn, _ben_gone, loses_s=0.0),
    plain_outage("nobody talks", _quiet, _talks_again),
)
SERVERS: Final = (
    plain_outage(
        "voice region changed",
        lambda h: h.sim.change_region(h.room, "rotterdam"),
        lambda h: h.sim.change_region(h.room, None),
    ),
    plain_outage("voice server moved", lambda h: h.sim.change_voice_server(h.guild)),
    plain_outage("gateway asks to reconnect", lambda h: h.sim.ask_to_reconnect(), loses_s=0.0),
    plain_outage("4006 once", _refuses(1)),
    plain_outage("4006 five times", _refuses(5)),
    plain_outage("DAVE welcome corrupted", _corrupt_welcome),
)
UDP: Final = (
    _udp_lost("UDP lost", "udp_away"),
    _udp_lost("UDP to the bot lost", "udp_to_bot_away"),
    _udp_lost("UDP from the bot lost", "udp_from_bot_away"),
)
MOVES: Final = (
    _lasting("dragged there and back", _drag_there_and_back, _nothing),
    _lasting("dragged to a stage and back", _to_a_stage, _from_the_stage),
)
RIGHTS: Final = (
    plain_outage(
        "deafened in the server",
        lambda h: h.sim.deafen(h.guild),
        lambda h: h.sim.deafen(h.guild, False),
        must_tell=True,
    ),
    plain_outage(
        "muted in the server",
        lambda h: h.sim.mute(h.guild),
        lambda h: h.sim.mute(h.guild, False),
        must_tell=True,
        loses_s=0.0,
    ),
    plain_outage("Speak taken", _forbid(speak=True), _permit, must_tell=True, loses_s=0.0),
    plain_outage(
        "Use Voice Activity taken",
        _forbid(use_voice_activation=True),
        _permit,
        must_tell=True,
        loses_s=0.0,
    ),
    plain_outage("Connect taken", _forbid(connect=True), _permit, must_tell=True, loses_s=0.0),
    plain_outage("Connect taken, connection lost", _connect_taken, _permit, must_tell=True),
    plain_outage("View Channel taken", _forbid(view_channel=True), _permit, loses_s=0.0),
)
TROUBLES: Final = (*PACKETS, *PEOPLE, *SERVERS, *UDP, *MOVES, *RIGHTS)
