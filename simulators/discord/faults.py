"""Faults on request: on the line from a member to the media server, and at the servers."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from typing import Final

FRAME_S: Final = 0.02
_OVERTAKEN_S: Final = 1.5 * FRAME_S
"""Delay of a reordered packet: it arrives between the next packet and the one after that."""


@dataclass(frozen=True, kw_only=True)
class LineFaults:
    """Faults between one member and the media server; one ``seed`` always gives the same ones."""

    loss: float = 0.0
    """Share of packets that never arrive, 0 to 1."""
    reorder: float = 0.0
    """Share of packets that arrive after their successor, 0 to 1."""
    duplicate: float = 0.0
    """Share of packets that arrive twice, 0 to 1."""
    jitter_ms: float = 0.0
    """Largest random delay of a packet; more than 20 ms reorders."""
    padding: int = 0
    """RTP padding bytes on padded packets, 0 to 255."""
    padded: float = 1.0
    """Share of packets that carry the padding, 0 to 1; a real call has 0.03 to 0.15."""
    padding_only: float = 0.0
    """Share of packets that are followed by a packet of padding alone, 0 to 1."""
    extension: bool = True
    """Whether packets carry the RTP header extension that real clients send."""
    unencrypted: bool = False
    """Send plain Opus into an end-to-end encrypted call."""
    seed: int = 0

    def __post_init__(self) -> None:
        for name in ("loss", "reorder", "duplicate", "padded", "padding_only"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} is a share from 0 to 1, not {getattr(self, name)}")
        if not 0 <= self.padding <= 255:
            raise ValueError(f"padding is 0 to 255 bytes, not {self.padding}")
        if self.jitter_ms < 0:
            raise ValueError(f"jitter_ms cannot be negative, as {self.jitter_ms} is")

    def line(self) -> Line:
        return Line(self)


class Line:
    """One utterance through the faults: when, how often and how each packet arrives."""

    def __init__(self, faults: LineFaults) -> None:
        self._faults = faults
        self._random = random.Random(faults.seed)

    def _hit(self, share: float) -> bool:
        return share > 0 and self._random.random() < share

    def arrivals_s(self) -> list[float]:
        """Delays after which the next packet arrives: none if lost, two if duplicated."""
        if self._hit(self._faults.loss):
            return []
        delay = self._random.random() * self._faults.jitter_ms / 1000
        if self._hit(self._faults.reorder):
            delay += _OVERTAKEN_S
        return [delay, delay] if self._hit(self._faults.duplicate) else [delay]

    def padding(self) -> int:
        """Padding bytes on the next packet."""
        return (
            self._faults.padding if self._faults.padding and self._hit(self._faults.padded) else 0
        )

    def padding_follows(self) -> bool:
        """Whether a packet of padding alone comes next."""
        return self._hit(self._faults.padding_only)


@dataclass
class ServerFaults:
    """Fault switches of Discord's side; set them at any time."""

    drop_discovery: int = 0
    """Number of IP discovery requests that get no answer."""
    udp_idle_limit_s: float | None = None
    """The UDP route to the bot breaks when the bot is silent for so long; None: never."""
    refuse_voice: deque[int] = field(default_factory=deque)
    """Close codes for the bot's next attempts to identify at the voice gateway."""
    refuse_all_voice: int | None = None
    """A close code for every attempt while set; 1006 aborts without a close frame."""
    gateway_away: bool = False
    """The main gateway refuses new connections; open ones stay."""
    guild_outage: bool = False
    """New sessions list every guild as unavailable, and none is sent."""
    voice_gateway_away: bool = False
    rest_away: bool = False
    unresolvable: bool = False
    """Discord's host names are not found."""
    udp_away: bool = False
    """All datagrams to and from the bot are lost."""
    udp_to_bot_away: bool = False
    """All datagrams to the bot are lost."""
    udp_from_bot_away: bool = False
    """All datagrams from the bot are lost."""
    echo_keepalives: bool = True
    """False: the media server answers no keepalive, as some of Discord's."""
    answer_later_discovery: bool = True
    """False: it answers the IP discovery of each session once."""
    ack_heartbeats: bool = True
    """False: the gateway does not acknowledge heartbeats (a zombie connection)."""
    ack_voice_heartbeats: bool = True
    corrupt_welcomes: int = 0
    """Number of the bot's next MLS welcomes that arrive corrupted."""
    stall_commits_s: float = 0.0
    """Delay of commits and welcomes to the bot, and of all that follows on its socket."""
    members_commit_after_s: float = 0.0
    """Delay of the members' commits, so that the bot's commit wins."""
    execute_after_s: float = 0.0
    """Delay between all members being ready for a DAVE transition and its execution."""
