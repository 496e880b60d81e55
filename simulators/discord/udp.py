"""The media server's UDP port: IP discovery, keepalives, and packets to and from voice sessions."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from typing import Final

from simulators.discord import rtp
from simulators.discord.errors import BadPacket
from simulators.discord.peer import Address, Peer
from simulators.discord.shared import SharedState

_DISCOVERY: Final = struct.Struct(">HHI64sH")
_REQUEST, _RESPONSE, _LENGTH = 1, 2, 70
_KEEPALIVE_BYTES: Final = 8
_RECEIVE_BUFFER: Final = 1 << 20
"""Kernel buffer, large enough that a busy loop loses none of the bot's packets."""


class MediaPort(asyncio.DatagramProtocol):
    """Finds the voice session of each packet by SSRC, and by address after IP discovery."""

    def __init__(self, shared: SharedState) -> None:
        self._shared = shared
        self._transport: asyncio.DatagramTransport | None = None
        self._by_ssrc: dict[int, Peer] = {}
        self._by_address: dict[Address, Peer] = {}
        self._retired: set[int] = set()

    async def open(self) -> None:
        endpoint = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        endpoint.setblocking(False)
        endpoint.bind(("127.0.0.1", 0))
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, sock=endpoint)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    @property
    def port(self) -> int:
        assert self._transport is not None, "the port is not open"
        port: int = self._transport.get_extra_info("sockname")[1]
        return port

    def register(self, peer: Peer) -> None:
        self._by_ssrc[peer.ssrc] = peer
        peer.send_datagram = self._send

    def retire(self, peer: Peer) -> None:
        """The session is over; its packets in flight are no violation."""
        self._by_ssrc.pop(peer.ssrc, None)
        self._retired.add(peer.ssrc)

    def _send(self, datagram: bytes, address: Address) -> None:
        faults = self._shared.faults
        if faults.udp_away or faults.udp_to_bot_away:
            return
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(datagram, address)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        faults = self._shared.faults
        if faults.udp_away or faults.udp_from_bot_away:
            return
        self._shared.counters.datagrams += 1
        try:
            self._handle(data, addr, time.monotonic())
        except BadPacket as error:
            self._shared.violations.add("udp", error)

    def _handle(self, data: bytes, address: Address, at: float) -> None:
        peer = self._by_address.get(address)
        if peer is not None:
            peer.last_datagram_at = at
        if len(data) == _KEEPALIVE_BYTES:
            if peer is None:
                raise BadPacket("a keepalive from an address that was never discovered")
            self._shared.counters.keepalives += 1
            if self._shared.faults.echo_keepalives:
                self._send(data, address)
        elif len(data) == _DISCOVERY.size and data[0] >> 6 == 0:
            self._discover(data, address)
        else:
            self._audio(data, address, at)

    def _audio(self, data: bytes, address: Address, at: float) -> None:
        ssrc = rtp.ssrc_of(data)
        peer = self._by_ssrc.get(ssrc)
        if peer is None:
            if ssrc not in self._retired:
                raise BadPacket(f"audio with SSRC {ssrc}, which belongs to no session")
            self._shared.counters.stale += 1
        elif peer.address != address:
            raise BadPacket(f"audio from {address}, which was not discovered for its SSRC")
        else:
            peer.receive(data, at)

    def _discover(self, data: bytes, address: Address) -> None:
        """Answer with the address the request came from (Voice docs, "IP Discovery")."""
        kind, length, ssrc, _, _ = _DISCOVERY.unpack(data)
        if (kind, length) != (_REQUEST, _LENGTH):
            raise BadPacket(f"IP discovery of type {kind} and length {length}")
        peer = self._by_ssrc.get(ssrc)
        if peer is None and ssrc in self._retired:
            self._shared.counters.stale += 1
            return
        if peer is None:
            raise BadPacket(f"IP discovery for SSRC {ssrc}, which belongs to no session")
        self._shared.counters.discoveries += 1
        faults = self._shared.faults
        if faults.drop_discovery > 0:
            faults.drop_discovery -= 1
            return
        if peer.described and not faults.answer_later_discovery:
            return
        peer.address = address
        peer.last_datagram_at = time.monotonic()
        self._by_address[address] = peer
        host, port = address
        self._send(_DISCOVERY.pack(_RESPONSE, _LENGTH, ssrc, host.encode(), port), address)
