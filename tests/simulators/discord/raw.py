"""A bare bot, which sends exactly what a test tells it to: right or wrong."""

from __future__ import annotations

import asyncio
import contextlib
import json
import struct
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import aiohttp

from simulators.discord import DiscordSimulator, SimulatedGuild, VoiceChannel, rtp
from testing.waiting import within

GATEWAY = "wss://gateway.discord.gg/?v=10&encoding=json"
INTENTS = (1 << 0) | (1 << 7)  # guilds, voice states
PROPERTIES = {"os": "linux", "browser": "raw", "device": "raw"}
WAIT_S = 5.0


class Wire:
    """One websocket, with what came over it and was not asked for yet."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.binary: list[bytes] = []

    async def send(self, op: int, data: Any) -> None:
        await self.ws.send_str(json.dumps({"op": op, "d": data}))

    async def receive(self) -> dict[str, Any]:
        """The next JSON frame; binary ones are put aside."""
        async with within(WAIT_S, "a frame"):
            while True:
                message = await self.ws.receive()
                if message.type is aiohttp.WSMsgType.BINARY:
                    self.binary.append(message.data)
                    continue
                assert message.type is aiohttp.WSMsgType.TEXT, f"closed with {self.ws.close_code}"
                frame: dict[str, Any] = json.loads(message.data)
                return frame

    async def until_op(self, op: int) -> Any:
        return await self._until(f"op {op}", lambda frame: frame["op"] == op)

    async def until_event(self, name: str) -> Any:
        return await self._until(name, lambda frame: frame.get("t") == name)

    async def _until(self, what: str, fits: Callable[[dict[str, Any]], bool]) -> Any:
        others: list[str] = []
        async with within(WAIT_S, what, seen=lambda: others):
            while not fits(frame := await self.receive()):
                others.append(frame.get("t") or f"op {frame['op']}")
        return frame["d"]

    async def close_code(self) -> int | None:
        """How the other side closes, whatever else it sends before."""
        async with within(WAIT_S, "the close"):
            while not self.ws.closed:
                await self.ws.receive()
        return self.ws.close_code


class Udp(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.queue: asyncio.Queue[bytes] = asyncio.Queue()
        self.transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.queue.put_nowait(data)

    async def receive(self) -> bytes:
        async with within(WAIT_S, "a datagram"):
            return await self.queue.get()


def discovery(ssrc: int, kind: int = 1, length: int = 70) -> bytes:
    return struct.pack(">HHI66x", kind, length, ssrc)


class RawVoice:
    """A voice session as far as a test has taken it."""

    def __init__(self, wire: Wire, udp: Udp, server: dict[str, Any], session_id: str) -> None:
        self.wire = wire
        self.udp = udp
        self.server = server
        self.session_id = session_id
        self.ssrc = 0
        self.address = ("", 0)
        self.key = b""
        self.cipher: rtp.Cipher
        self.description: dict[str, Any] = {}
        self.sequence = 100
        self.timestamp = 96_000
        self.nonce = 0

    def identity(self, bot_id: int, dave: int = 1) -> dict[str, Any]:
        return {
            "server_id": self.server["guild_id"],
            "user_id": str(bot_id),
            "session_id": self.session_id,
            "token": self.server["token"],
            "max_dave_protocol_version": dave,
        }

    def resumption(self, seq_ack: int) -> dict[str, Any]:
        identity = self.identity(0)
        kept = {key: identity[key] for key in ("server_id", "session_id", "token")}
        return kept | {"seq_ack": seq_ack}

    async def identify(self, bot_id: int, dave: int = 1) -> None:
        await self.wire.send(0, self.identity(bot_id, dave))
        ready = await self.wire.until_op(2)
        self.ssrc, self.port = ready["ssrc"], ready["port"]

    def send(self, datagram: bytes) -> None:
        self.udp.transport.sendto(datagram, ("127.0.0.1", self.port))

    async def discover(self) -> None:
        self.send(discovery(self.ssrc))
        answer = await self.udp.receive()
        (port,) = struct.unpack_from(">H", answer, 72)
        self.address = (answer[8:72].rstrip(b"\0").decode(), port)

    async def select(self, mode: rtp.Mode = rtp.XCHACHA20) -> None:
        address, port = self.address
        data = {"address": address, "port": port, "mode": mode}
        await self.wire.send(1, {"protocol": "udp", "data": data})
        self.description = await self.wire.until_op(4)
        self.key = bytes(self.description["secret_key"])
        self.cipher = rtp.cipher(mode, self.key)

    async def speaking(self, flags: int = 1) -> None:
        await self.wire.send(5, {"speaking": flags, "delay": 0, "ssrc": self.ssrc})
        await self.heartbeat()  # its answer says that the op 5 was handled

    async def heartbeat(self, seq_ack: int = -1) -> None:
        await self.wire.send(3, {"t": 1, "seq_ack": seq_ack})
        await self.wire.until_op(6)

    def audio(self, payload: bytes, *, sequence: int = 1, timestamp: int = 960, **kw: Any) -> None:
        """Send a packet that many steps after the last."""
        self.sequence = (self.sequence + sequence) & 0xFFFF
        self.timestamp = (self.timestamp + timestamp) & 0xFFFF_FFFF
        self.nonce = kw.pop("nonce", self.nonce + 1)
        ssrc = kw.pop("ssrc", self.ssrc)
        packet = rtp.SentRtp(self.sequence, self.timestamp, ssrc, payload, **kw)
        self.send(rtp.seal(packet, self.cipher, self.nonce))

    async def play(self, opus: list[bytes]) -> None:
        """Send frames as fast as they go, until the media server has them."""
        for frame in opus:
            self.audio(frame)
        await self.settled()

    async def settled(self) -> None:
        """Until the media server has read everything that was sent so far."""
        self.send(bytes(8))
        kept = []
        while len(datagram := await self.udp.receive()) != 8:
            kept.append(datagram)
        for datagram in kept:
            self.udp.queue.put_nowait(datagram)

    async def hear(self) -> rtp.SentRtp:
        """The next packet from the media server."""
        packet, _ = rtp.unseal(await self.udp.receive(), self.cipher)
        return packet


class RawBot:
    def __init__(self, sim: DiscordSimulator, session: aiohttp.ClientSession) -> None:
        self.sim = sim
        self.session = session
        self.gateway: Wire
        self.ready: dict[str, Any] = {}
        self._udp: list[Udp] = []

    async def connect(self, url: str = GATEWAY) -> Wire:
        """A gateway connection that has not identified."""
        self.gateway = Wire(await self.session.ws_connect(url))
        return self.gateway

    def identity(self, **changes: Any) -> dict[str, Any]:
        base = {"token": self.sim.token, "intents": INTENTS, "properties": PROPERTIES}
        return base | changes

    async def login(self, **changes: Any) -> Wire:
        wire = await self.connect()
        await wire.send(2, self.identity(**changes))
        self.ready = await wire.until_event("READY")
        return wire

    async def ask_for(
        self, guild: SimulatedGuild, channel: VoiceChannel | None, **flags: bool
    ) -> None:
        """Op 4 of the main gateway."""
        where = str(channel.id) if channel is not None else None
        asked = {"guild_id": str(guild.id), "channel_id": where}
        await self.gateway.send(4, asked | {"self_mute": False, "self_deaf": False} | flags)

    async def own_state(self) -> dict[str, Any]:
        """The next voice state of the bot itself."""
        while True:
            state: dict[str, Any] = await self.gateway.until_event("VOICE_STATE_UPDATE")
            if state["user_id"] == str(self.sim.bot.id):
                return state

    async def voice(self, channel: VoiceChannel, **flags: bool) -> RawVoice:
        """A voice connection that has not identified."""
        await self.ask_for(channel.guild, channel, **flags)
        state = await self.own_state()
        server = await self.gateway.until_event("VOICE_SERVER_UPDATE")
        return await self.voice_at(server, state["session_id"])

    async def voice_at(self, server: dict[str, Any], session_id: str, v: int = 8) -> RawVoice:
        wire = Wire(await self.session.ws_connect(f"wss://{server['endpoint']}/?v={v}"))
        loop = asyncio.get_running_loop()
        _, udp = await loop.create_datagram_endpoint(Udp, local_addr=("127.0.0.1", 0))
        self._udp.append(udp)
        return RawVoice(wire, udp, server, session_id)

    async def call(
        self, channel: VoiceChannel, mode: rtp.Mode = rtp.XCHACHA20, **flags: bool
    ) -> RawVoice:
        """A voice session that is ready to speak, but for the end-to-end encryption."""
        voice = await self.voice(channel, **flags)
        await voice.identify(self.sim.bot.id)
        await voice.discover()
        await voice.select(mode)
        await voice.speaking()
        return voice

    def close(self) -> None:
        for udp in self._udp:
            udp.transport.close()


@contextlib.asynccontextmanager
async def raw_bot(sim: DiscordSimulator) -> AsyncIterator[RawBot]:
    async with aiohttp.ClientSession(connector=sim.connector()) as session:
        bot = RawBot(sim, session)
        try:
            yield bot
        finally:
            bot.close()
            await asyncio.sleep(0)  # transports close on the next turn of the loop
