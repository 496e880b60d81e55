"""The voice gateway, version 8: one websocket per voice session of the bot."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import aiohttp
from aiohttp import web

from simulators.discord import rtp
from simulators.discord.dave import DaveGroup, Op
from simulators.discord.errors import BadFrame, BadMls
from simulators.discord.payloads import (
    DECODE_ERROR,
    SelectProtocol,
    Speaking,
    Transition,
    VoiceHeartbeat,
    VoiceIdentify,
    VoiceResume,
    read,
    read_frame,
)
from simulators.discord.peer import Peer, VoiceOp
from simulators.discord.shared import SharedState
from simulators.discord.sockets import Socket
from simulators.discord.voice import SimulatedVoice

HEARTBEAT_INTERVAL_MS: Final = 13750
_VERSION: Final = "8"
_MISSED_HEARTBEATS: Final = 2
ABNORMAL: Final = 1006
"""The code of a websocket without a close frame; it cannot be sent."""
UNKNOWN_OP, NOT_AUTHENTICATED, ALREADY, TIMED_OUT = 4001, 4003, 4005, 4009
UNKNOWN_PROTOCOL, UNKNOWN_MODE, BAD_REQUEST = 4012, 4016, 4020


class VoiceGateway:
    def __init__(
        self,
        voice: SimulatedVoice,
        shared: SharedState,
        *,
        modes: tuple[rtp.Mode, ...] = rtp.MODES,
        heartbeat_interval_ms: int = HEARTBEAT_INTERVAL_MS,
    ) -> None:
        self.voice = voice
        self.shared = shared
        self.modes = modes
        self.heartbeat_interval_ms = heartbeat_interval_ms
        self.sockets: set[Socket] = set()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        async with Socket(request) as socket:
            self.sockets.add(socket)
            try:
                await VoiceGatewayConnection(self, socket).run(request)
            finally:
                self.sockets.discard(socket)
        return socket.response


class VoiceGatewayConnection:
    """One websocket and, once it has identified or resumed, the voice session on it."""

    def __init__(self, gateway: VoiceGateway, socket: Socket) -> None:
        self._gateway = gateway
        self._socket = socket
        self._peer: Peer | None = None
        self._off_watch: Callable[[], None] = lambda: None
        self._handlers: dict[int, Callable[[Any], None]] = {
            VoiceOp.IDENTIFY: self._identify,
            VoiceOp.SELECT_PROTOCOL: self._select_protocol,
            VoiceOp.HEARTBEAT: self._heartbeat,
            VoiceOp.SPEAKING: self._speaking,
            VoiceOp.RESUME: self._resume,
            Op.TRANSITION_READY: self._transition_ready,
            Op.INVALID_COMMIT_WELCOME: self._invalid_commit,
        }

    async def run(self, request: web.Request) -> None:
        try:
            if request.query.get("v") != _VERSION:
                raise BadFrame(UNKNOWN_PROTOCOL, f"connected with ?{request.query_string}")
            hello = {"v": int(_VERSION), "heartbeat_interval": self._gateway.heartbeat_interval_ms}
            self._say(VoiceOp.HELLO, hello)
            self._watch()
            async for message in self._socket.response:
                self._received(message)
        except BadFrame as error:
            self._refuse(error)
            async for _ in self._socket.response:
                pass  # until the close is answered
        finally:
            self._off_watch()
            self._ended()

    def _received(self, message: aiohttp.WSMessage) -> None:
        if self._peer is not None and self._peer.closed:
            return  # the session has just ended, and its close is queued
        try:
            if message.type is aiohttp.WSMsgType.BINARY:
                self._binary(message.data)
            elif message.type is aiohttp.WSMsgType.TEXT:
                frame = read_frame(message.data)
                handle = self._handlers.get(frame.op)
                if handle is None:
                    raise BadFrame(UNKNOWN_OP, f"unknown op {frame.op}")
                handle(frame.d)
        except BadMls as error:
            raise BadFrame(BAD_REQUEST, str(error)) from None

    def _refuse(self, error: BadFrame) -> None:
        if error.fault:
            self._gateway.shared.violations.add("voice gateway", error)
        if error.close_code == ABNORMAL:
            self._socket.abort()
        else:
            self._socket.close(error.close_code, error.why)

    def _ended(self) -> None:
        if self._peer is not None and self._peer.socket is self._socket:
            self._peer.socket = None
            if not self._peer.closed:
                self._gateway.voice.lost(self._peer)

    def _say(self, op: VoiceOp, data: object) -> None:
        self._socket.send(json.dumps({"op": int(op), "d": data}))

    def _authenticated(self) -> Peer:
        if self._peer is None:
            raise BadFrame(NOT_AUTHENTICATED, "sent something before identifying")
        return self._peer

    # -- heartbeats ----------------------------------------------------------------------------

    def _watch(self) -> None:
        self._off_watch()
        limit_s = self._gateway.heartbeat_interval_ms / 1000 * _MISSED_HEARTBEATS
        overdue = BadFrame(TIMED_OUT, "no heartbeat")
        timers = self._gateway.shared.timers
        self._off_watch = timers.later(limit_s, lambda: self._refuse(overdue))

    def _heartbeat(self, data: object) -> None:
        beat = read(VoiceHeartbeat, data)
        peer = self._peer  # none yet: a resuming bot beats with its old number
        if peer is not None and beat.seq_ack > peer.sequence:
            last = f"where {peer.sequence} was the last"
            self._gateway.shared.violations.add(
                "voice gateway", f"acknowledged frame {beat.seq_ack}, {last}"
            )
        self._watch()
        if self._gateway.shared.faults.ack_voice_heartbeats:
            self._say(VoiceOp.HEARTBEAT_ACK, {"t": beat.t})

    # -- identify and resume -------------------------------------------------------------------

    def _identify(self, data: object) -> None:
        identify = read(VoiceIdentify, data)
        if self._peer is not None:
            raise BadFrame(ALREADY, "identified twice")
        refusals = self._gateway.shared.faults.refuse_voice
        if refusals:
            raise BadFrame(refusals.popleft(), "refused on request", fault=False)
        if (code := self._gateway.shared.faults.refuse_all_voice) is not None:
            raise BadFrame(code, "refused on request", fault=False)
        peer = self._gateway.voice.admit(identify)
        self._peer, peer.socket = peer, self._socket
        ready = {
            "ssrc": peer.ssrc,
            "ip": "127.0.0.1",
            "port": self._gateway.voice.media.port,
            "modes": list(self._gateway.modes),
            "heartbeat_interval": 1,  # Discord sends a wrong one here; hello has the right one
            "experiments": [],
            "streams": [],
        }
        peer.send(VoiceOp.READY, ready)

    def _resume(self, data: object) -> None:
        resume = read(VoiceResume, data)
        if self._peer is not None:
            raise BadFrame(ALREADY, "resumed after identifying")
        peer = self._gateway.voice.readmit(resume)
        if peer.socket is not None:
            peer.socket.close(BAD_REQUEST, "another connection took the session")
        self._peer, peer.socket = peer, self._socket
        peer.send(VoiceOp.RESUMED, None)
        peer.replay(resume.seq_ack)

    # -- the session ---------------------------------------------------------------------------

    def _select_protocol(self, data: object) -> None:
        peer = self._authenticated()
        select = read(SelectProtocol, data)
        if select.protocol != "udp":
            raise BadFrame(UNKNOWN_PROTOCOL, f"protocol {select.protocol!r}")
        mode = next((mode for mode in self._gateway.modes if mode == select.data.mode), None)
        if mode is None:
            raise BadFrame(UNKNOWN_MODE, f"mode {select.data.mode!r} was not on offer")
        if peer.described:
            raise BadFrame(BAD_REQUEST, "selected a protocol twice")
        if peer.address != (select.data.address, select.data.port):
            self._gateway.shared.violations.add(
                "voice gateway", "selected an address other than the one discovered"
            )
        peer.describe(mode)

    def _speaking(self, data: object) -> None:
        peer = self._authenticated()
        speaking = read(Speaking, data)
        if speaking.ssrc != peer.ssrc:
            raise BadFrame(BAD_REQUEST, f"op 5 for SSRC {speaking.ssrc}, not {peer.ssrc}")
        peer.speaking = speaking.speaking

    # -- end-to-end encryption -----------------------------------------------------------------

    def _group(self) -> tuple[Peer, DaveGroup]:
        peer = self._authenticated()
        if peer.call.group is None:
            raise BadMls("the call is not end-to-end encrypted")
        if not peer.described:
            raise BadMls("sent before the session description")
        return peer, peer.call.group

    def _transition_ready(self, data: object) -> None:
        peer, group = self._group()
        group.transition_ready(peer.user_id, read(Transition, data).transition_id)

    def _invalid_commit(self, data: object) -> None:
        peer, group = self._group()
        group.invalid_commit(peer.user_id, read(Transition, data).transition_id)

    def _binary(self, data: bytes) -> None:
        if not data:
            raise BadFrame(DECODE_ERROR, "an empty binary frame")
        op, payload = data[0], data[1:]
        if op not in (Op.KEY_PACKAGE, Op.COMMIT_WELCOME):
            raise BadFrame(UNKNOWN_OP, f"unknown binary op {op}")
        peer, group = self._group()
        if op == Op.KEY_PACKAGE:
            group.key_package(peer.user_id, payload)
        else:
            group.commit(peer.user_id, payload)
        peer.call.changes.notify()
