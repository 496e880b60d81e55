"""From datagrams to each person's speech: everything between the socket and the sink.

    datagram -> RTP header -> transport decryption -> padding and extension off -> copies out
             -> stream to person -> DAVE decryption -> reorder -> Opus -> sink

Sans-I/O: datagrams, voice messages and the time come in by method calls, on one thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from discord_bot.receive.attribution import Attribution, Claim
from discord_bot.receive.call import CallState
from discord_bot.receive.counters import ReceiveCounters
from discord_bot.receive.dave import DaveGate
from discord_bot.receive.errors import NotAudio, TransportRefused
from discord_bot.receive.faults import PacketFaults
from discord_bot.receive.receive_health import ReceiveHealth
from discord_bot.receive.replay import ReplayFilter
from discord_bot.receive.rtp import RtpPacket, parse_header, strip
from discord_bot.receive.sink import AudioSink, FrameKind
from discord_bot.receive.speaker_decoder import SpeakerDecoder
from discord_bot.receive.transport import open_datagram
from pipeline.audio import Pcm16

SPEAKING: Final = 5
CLIENT_CONNECT: Final = 12
CLIENT_DISCONNECT: Final = 13


class Receiver:
    """One call's hearing."""

    def __init__(self, call: CallState) -> None:
        self.counters = ReceiveCounters()
        self.watch = ReceiveHealth()
        self.sink: AudioSink | None = None
        self.left_out: set[int] = set()
        """People whose packets are thrown away unopened."""
        self._faults = PacketFaults(self.counters)
        self._call = call
        self._key: Sequence[int] = ()
        self._copies = ReplayFilter()
        self._attribution = Attribution(call, self.counters)
        self._gate = DaveGate(self.counters)
        self._talkers: dict[int, SpeakerDecoder] = {}

    # -- what comes in ---------------------------------------------------------------------

    def datagram(self, data: bytes, at: float) -> None:
        """One UDP datagram that arrived at ``at`` on the event loop's clock. Never raises."""
        self.counters.datagrams += 1
        try:
            self._datagram(data, at)
        except Exception:
            self._faults.caught("handling a voice packet")

    def voice_message(self, op: int, data: dict[str, Any]) -> None:
        """A JSON message of the voice gateway, after discord.py handled it. Never raises."""
        try:
            self._voice_message(op, data)
        except Exception:
            self._faults.caught(f"handling voice op {op}")

    def tick(self, now: float) -> None:
        """Release what has waited long enough. Due every 20 ms while `pending`. Never raises."""
        try:
            self._tick(now)
        except Exception:
            self._faults.caught("the receive clock's tick")

    @property
    def pending(self) -> bool:
        return (
            self._gate.waiting
            or self._attribution.waiting
            or any(talker.holding for talker in self._talkers.values())
        )

    # -- what it is like ---------------------------------------------------------------------

    def observe(self, now: float) -> None:
        """Tell the deafness watch how the call stands."""
        call = self._call
        groupless = not self._is_in_group() and bool(call.others())
        self.watch.observe(now, groupless=groupless, lost=call.lost)

    def can_be_heard(self) -> bool:
        """Whether what we send now reaches everybody's ears."""
        return bool(self._call.key) and (self._is_in_group() or not self._call.others())

    def _is_in_group(self) -> bool:
        session = self._call.dave_session
        return self._call.dave_version == 0 or (session is not None and session.ready)

    # -- one packet --------------------------------------------------------------------------

    def _datagram(self, data: bytes, at: float) -> None:
        packet = self._open_transport(data, at)
        if packet is None:
            return
        if self.sink is None:
            self.counters.unwanted += 1
            return
        if self._copies.is_copy(packet.ssrc, packet.sequence):
            self.counters.duplicate += 1
            return
        self._retry(at)
        user_id = self._attribution.user_of(packet.ssrc)
        if user_id is not None:
            self._from(user_id, packet)
        elif claim := self._attribution.unknown(packet):
            self._settle(claim)
        else:
            self.counters.unknown_ssrc += 1
            if self._call.dave_version:  # without DAVE, no other session would tell us more
                self._refused(packet, "unknown speaker")

    def _open_transport(self, data: bytes, at: float) -> RtpPacket | None:
        try:
            header = parse_header(data)
        except NotAudio:
            self.counters.not_audio += 1
            return None
        self._renew()
        try:
            plain = open_datagram(self._call.mode, self._key, data, header.size)
        except TransportRefused:
            self.counters.transport_fail += 1
            self.watch.refused(at, "transport key")
            return None
        try:
            frame = strip(header, plain)
        except NotAudio:
            self.counters.malformed += 1
            return None
        self.counters.empty += not frame
        return RtpPacket(header.sequence, header.ssrc, at, frame)

    def _from(self, user_id: int, packet: RtpPacket) -> None:
        call = self._call
        session, version = call.dave_session, call.dave_version
        if user_id in self.left_out or call.is_bot(user_id):
            self.counters.left_out += 1
        elif packet.opened or self._gate.open(session, version, user_id, packet):
            self._deliver(user_id, packet)
        else:
            self._refused(packet, "DAVE key")

    def _deliver(self, user_id: int, packet: RtpPacket) -> None:
        if packet.is_speech:  # the rest proves nothing, as it is never encrypted
            self.watch.opened()
        talker = self._talkers.get(packet.ssrc)
        if talker is None:
            talker = self._talkers[packet.ssrc] = SpeakerDecoder(user_id, self.counters, self._emit)
        talker.push(packet)

    def _refused(self, packet: RtpPacket, why: str) -> None:
        if packet.is_speech:
            self.watch.refused(packet.at, why)

    def _emit(self, user_id: int, pcm: Pcm16, kind: FrameKind) -> None:
        if self.sink is None:
            return
        try:
            self.sink.on_audio(user_id, pcm, kind)
        except Exception:
            self._faults.caught("the sink of a person's speech")

    # -- what waits --------------------------------------------------------------------------

    def _tick(self, now: float) -> None:
        self.observe(now)
        self._retry(now)
        for talker in list(self._talkers.values()):
            if talker.holding:
                talker.due(now)

    def _retry(self, now: float) -> None:
        """Open what the group's new key opens, attribute what has become clear."""
        if self._gate.waiting:
            for user_id, packet in self._gate.retry(self._call.dave_session, now):
                self._deliver(user_id, packet)
        if self._attribution.waiting:
            for claim in self._attribution.reconsider(now):
                self._settle(claim)

    def _settle(self, claim: Claim) -> None:
        for ssrc in claim.outdated:
            ended = self._end_stream(ssrc)
            if ended is not None and ended.user_id != claim.user_id:
                self.counters.last_frame_at.pop(ended.user_id, None)
        for packet in claim.packets:
            self._from(claim.user_id, packet)

    # -- comings and goings ------------------------------------------------------------------

    def _voice_message(self, op: int, data: dict[str, Any]) -> None:
        self._renew()  # which op 4 brings; the owners named after it are of the new session
        claim: Claim | None = None
        if op == SPEAKING and "user_id" in data:
            claim = self._attribution.named(int(data["ssrc"]), int(data["user_id"]))
        elif op == CLIENT_CONNECT and data.get("audio_ssrc"):
            claim = self._attribution.named(int(data["audio_ssrc"]), int(data["user_id"]))
        elif op == CLIENT_DISCONNECT:
            self._gone(int(data["user_id"]))
        if claim is not None:
            self._settle(claim)

    def _end_stream(self, ssrc: int) -> SpeakerDecoder | None:
        self._copies.forget(ssrc)
        talker = self._talkers.pop(ssrc, None)
        if talker is not None:
            talker.flush()
        return talker

    def _gone(self, user_id: int) -> None:
        for ssrc in self._attribution.gone(user_id):
            self._end_stream(ssrc)
        self._gate.forget(user_id)
        self.counters.last_frame_at.pop(user_id, None)
        if self.sink is not None:
            self.sink.on_gone(user_id)

    def _renew(self) -> None:
        """With a new key began a new voice session: other streams, perhaps another channel."""
        if self._call.key is self._key:
            return
        self._key = self._call.key
        heard = {talker.user_id for talker in self._talkers.values()}
        for ssrc in list(self._talkers):
            self._end_stream(ssrc)
        self._attribution.clear()
        self._gate.forget()
        self._copies.clear()
        self.watch.renewed()
        for user_id in sorted(heard.difference(self._call.others())):
            self._gone(user_id)
