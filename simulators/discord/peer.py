"""The media server's end of the bot's voice session."""

from __future__ import annotations

import json
import os
import random
import secrets
import struct
import time
from collections import deque
from collections.abc import Callable
from enum import IntEnum
from typing import Any, Final, Protocol

from simulators.changes import Changes
from simulators.discord import rtp
from simulators.discord.codec import PersonDecoder
from simulators.discord.dave import DaveGroup, Op
from simulators.discord.errors import BadPacket
from simulators.discord.shared import SharedState
from simulators.discord.sockets import Socket
from simulators.discord.uplink import SentPacket, Uplink
from simulators.discord.world import VoiceChannel, VoiceState

Address = tuple[str, int]

_BACKLOG: Final = 500
_GRACE_PACKETS: Final = 3
"""Audio may overtake the op 5 sent just before it: they take different sockets."""
_OLD_KEY_S: Final = 1.0
"""Time after a move in which packets under the previous session are accepted."""


class VoiceOp(IntEnum):
    """The voice gateway's op codes that do not belong to DAVE."""

    IDENTIFY = 0
    SELECT_PROTOCOL = 1
    READY = 2
    HEARTBEAT = 3
    SESSION_DESCRIPTION = 4
    SPEAKING = 5
    HEARTBEAT_ACK = 6
    RESUME = 7
    HELLO = 8
    RESUMED = 9
    CLIENTS_CONNECT = 11
    CLIENT_DISCONNECT = 13


class BotCall(Protocol):
    """The bot's call, as its `Peer` sees it."""

    channel: VoiceChannel
    peer: Peer | None
    group: DaveGroup | None
    changes: Changes
    trace: deque[SentPacket]

    @property
    def dave_version(self) -> int: ...

    def welcome(self, peer: Peer) -> None: ...

    def from_bot(self, peer: Peer, packet: rtp.SentRtp, at: float) -> None: ...


class Peer:
    """The bot in one call: keys, address, socket. A `Participant` of the group."""

    def __init__(
        self,
        call: BotCall,
        state: VoiceState,
        token: str,
        shared: SharedState,
        *,
        replaces: bool,
    ) -> None:
        self.call = call
        self.state = state
        self.token = token
        self.user_id = state.member.user.id
        self.ssrc = random.randrange(1, 1 << 31)
        self.key = os.urandom(rtp.KEY_BYTES)
        self.socket: Socket | None = None
        self.address: Address | None = None
        self.closed = False
        self.speaking: int | None = None
        """The flags of the last op 5, or None before the first."""
        self.decoder = PersonDecoder()
        self.sequence = 0
        self.send_datagram: Callable[[bytes, Address], None] = lambda data, address: None
        self.last_datagram_at = time.monotonic()
        self._shared = shared
        self._replaces = replaces
        self._cipher: rtp.Cipher | None = None
        self._rekeyed_at = time.monotonic()
        self._nonce = secrets.randbits(16)
        self._uplink = Uplink()
        self._early = 0
        self._backlog: deque[tuple[int, str | bytes]] = deque(maxlen=_BACKLOG)

    # -- the websocket -------------------------------------------------------------------------

    def send(self, op: int, data: Any, *, numbered: bool = False) -> None:
        """Send a JSON frame. Numbered frames are kept, and sent again after a resume."""
        frame: dict[str, Any] = {"op": int(op), "d": data}
        if numbered:
            self.sequence += 1
            frame["seq"] = self.sequence
        self._put(json.dumps(frame, separators=(",", ":")), numbered)

    def dave_json(self, op: Op, data: dict[str, Any]) -> None:
        self.send(op, data, numbered=True)

    def dave_binary(self, op: Op, payload: bytes) -> None:
        faults = self._shared.faults
        if op is Op.WELCOME and faults.corrupt_welcomes > 0:
            faults.corrupt_welcomes -= 1
            payload = payload[:-8] + bytes(8)
        if op in (Op.WELCOME, Op.ANNOUNCE_COMMIT) and faults.stall_commits_s and self.socket:
            self.socket.stall(faults.stall_commits_s)
        self.sequence += 1
        self._put(struct.pack(">HB", self.sequence, op) + payload, True)

    def _put(self, frame: str | bytes, numbered: bool) -> None:
        if numbered:
            self._backlog.append((self.sequence, frame))
        if self.socket is not None:
            self.socket.send(frame)

    def replay(self, after: int) -> None:
        """Send the frames after number ``after`` again."""
        for sequence, frame in list(self._backlog):
            if sequence > after and self.socket is not None:
                self.socket.send(frame)

    def introduce(self, user_id: int, ssrc: int) -> None:
        """Send op 5 for a member."""
        data = {"user_id": str(user_id), "ssrc": ssrc, "speaking": 1}
        self.send(VoiceOp.SPEAKING, data, numbered=True)

    # -- the transport -------------------------------------------------------------------------

    @property
    def described(self) -> bool:
        """Whether the session description was sent, and with it the key."""
        return self._cipher is not None

    def describe(self, mode: rtp.Mode) -> None:
        """Send the session description: the chosen mode and the key."""
        self._cipher = rtp.cipher(mode, self.key)
        self._rekeyed_at = time.monotonic()
        description = {
            "mode": mode,
            "secret_key": list(self.key),
            "dave_protocol_version": self.call.dave_version,
            "audio_codec": "opus",
            "video_codec": "H264",
            "media_session_id": secrets.token_hex(16),
        }
        self.send(VoiceOp.SESSION_DESCRIPTION, description)
        self.call.welcome(self)

    def send_audio(self, packet: rtp.SentRtp) -> None:
        """Send a member's packet, encrypted with this session's key."""
        if self._cipher is None or self.address is None:
            return
        counters = self._shared.counters
        idle_limit_s = self._shared.faults.udp_idle_limit_s
        if self.state.self_deaf or self.state.deaf:
            counters.deafened += 1
        elif idle_limit_s is not None and time.monotonic() - self.last_datagram_at > idle_limit_s:
            counters.dead_route += 1
        else:
            self._nonce = (self._nonce + 1) & 0xFFFF_FFFF
            counters.to_bot += 1
            self.send_datagram(rtp.seal(packet, self._cipher, self._nonce), self.address)

    def receive(self, datagram: bytes, at: float) -> None:
        """Process the bot's RTP packet. Raises BadPacket if it is not for this session."""
        counters = self._shared.counters
        try:
            if self._cipher is None:
                raise BadPacket("audio before the session description")
            packet, nonce = rtp.unseal(datagram, self._cipher)
        except BadPacket:
            if self._replaces and at - self._rekeyed_at < _OLD_KEY_S:
                counters.stale += 1
                return
            raise
        for wrong in self._uplink.check(packet, nonce):
            self._shared.violations.add("audio", wrong)
        silence = packet.payload == rtp.SILENCE
        counters.bot_frames += 1
        self.call.trace.append(SentPacket(at, packet.sequence, packet.timestamp, silence))
        if self.speaking is None:
            self._early += 1
            if self._early == _GRACE_PACKETS + 1:
                self._shared.violations.add("audio", "sent before any op 5 (speaking)")
            if self._early > _GRACE_PACKETS:
                return
        counters.not_speaking += self.speaking == 0 and not silence
        if self.state.suppress or self.state.mute:
            counters.suppressed += not silence
            return
        self.call.from_bot(self, packet, at)
