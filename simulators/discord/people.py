"""Simulated members: they join voice channels, speak, and hear the bot."""

from __future__ import annotations

import asyncio
import random
import secrets
from collections.abc import Callable
from typing import Final

from pipeline.audio import SPOKEN_FRAME, Pcm16
from simulators.discord import rtp
from simulators.discord.accounts import Member
from simulators.discord.call import SimulatedCall
from simulators.discord.client_actions import ClientActions, Desk
from simulators.discord.codec import PersonEncoder
from simulators.discord.dave_member import DaveMember
from simulators.discord.errors import AlreadySpeaking, NotInCall
from simulators.discord.faults import FRAME_S, Line, LineFaults
from simulators.discord.heard_audio import HeardAudio
from simulators.discord.shared import SharedState, now
from simulators.discord.voice import SimulatedVoice
from simulators.discord.world import SimulatedGuild, VoiceChannel, VoiceState

_SILENCE_FRAMES: Final = 5
"""Sent after speech, so that the listeners' decoders do not conceal a loss."""
_CLEAN: Final = LineFaults()


class SimulatedPerson(ClientActions):
    """A member of one guild, with the ``id`` and ``name`` that the bot sees."""

    def __init__(
        self,
        guild: SimulatedGuild,
        member: Member,
        voice: SimulatedVoice,
        shared: SharedState,
        desk: Desk,
    ) -> None:
        super().__init__(guild, member, desk)
        self.hearing = HeardAudio()
        self.ssrc = 0
        self.announced = False
        self.dave: DaveMember | None = None
        self._voice = voice
        self._shared = shared
        self._call: SimulatedCall | None = None
        self._microphone: PersonEncoder | None = None
        self._speaking = False
        self._sequence = 0
        self._timestamp = 0
        self.renew_ssrc()

    @property
    def id(self) -> int:
        return self.member.user.id

    @property
    def name(self) -> str:
        return self.member.user.name

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"

    @property
    def channel(self) -> VoiceChannel | None:
        """The member's voice channel."""
        return self._call.channel if self._call is not None else None

    # -- joining and leaving -------------------------------------------------------------------

    async def join(self, channel: VoiceChannel, *, announce: bool = True) -> None:
        """Enter a voice channel; leave the previous one.

        Without ``announce`` the bot gets no op 5 for this member, and must attribute its packets
        without it.
        """
        if self._call is not None:
            self._hang_up()
        self._call = self._voice.call(channel)
        self.announced = announce
        self._voice.set_state(VoiceState(self.member, channel, secrets.token_hex(16)))
        self._call.person_enters(self)
        if self._call.group is not None:
            self.dave = DaveMember(
                self.id,
                channel.id,
                self._call.group,
                shared=self._shared,
                on_change=self._call.changes.notify,
            )
            self.dave.enter()
        if announce:
            self._call.announce(self)

    async def leave(self) -> None:
        """Leave the voice channel. Raises NotInCall."""
        self._in_call()
        self._hang_up()
        self._voice.clear_state(self.guild, self.member)

    async def leave_guild(self) -> None:
        """Leave the server, and the voice channel before; commands and messages end with it."""
        if self._call is not None:
            await self.leave()
        self.guild.remove(self.member)

    async def return_to_guild(self) -> None:
        """Join the server again, without the roles of before."""
        self.member.roles.clear()
        self.guild.admit(self.member)

    async def announce(self) -> None:
        """Send the op 5 that ``join(announce=False)`` left out. Raises NotInCall."""
        call = self._in_call()
        self.announced = True
        call.announce(self)

    def renew_ssrc(self) -> None:
        """Use another SSRC from the next packet on; `announce` tells the bot."""
        self.ssrc = random.randrange(1, 1 << 31)
        self._sequence = random.randrange(1 << 16)
        self._timestamp = random.randrange(1 << 32)

    def _hang_up(self) -> None:
        call, self._call = self._call, None
        dave, self.dave = self.dave, None
        if call is not None:
            call.person_leaves(self)
        if dave is not None:
            dave.leave()

    def _in_call(self) -> SimulatedCall:
        if self._call is None:
            raise NotInCall(f"{self.name} is in no voice channel; await join() first")
        return self._call

    # -- speaking ------------------------------------------------------------------------------

    async def say(self, pcm: Pcm16, faults: LineFaults = _CLEAN) -> float:
        """Speak ``int16[n]``, 48 kHz mono, in real time, one packet every 20 ms.

        Ends with five frames of silence. Returns the ``time.monotonic()`` at which the last packet
        of speech was sent.

        Raises:
            NotInCall: the member is in no voice channel, or left it meanwhile.
            AlreadySpeaking: an earlier ``say`` has not ended.
        """
        self._in_call()
        if self._speaking:
            raise AlreadySpeaking(f"{self.name} is still speaking")
        self._speaking = True
        try:
            return await self._speak(pcm, faults)
        finally:
            self._speaking = False

    async def _speak(self, pcm: Pcm16, faults: LineFaults) -> float:
        microphone = self._microphone = self._microphone or PersonEncoder()
        pieces = [pcm[i : i + SPOKEN_FRAME] for i in range(0, pcm.size, SPOKEN_FRAME)]
        line, start, last = faults.line(), now(), now()
        for index in range(len(pieces) + _SILENCE_FRAMES):
            speech = index < len(pieces)
            opus = microphone.encode(pieces[index]) if speech else rtp.SILENCE
            # Each due time counts from the start, so that delays do not add up.
            await asyncio.sleep(max(0.0, start + index * FRAME_S - now()))
            if speech:
                last = now()
            self._send(opus, faults, line)
        return last

    async def open_microphone(self, hear: Callable[[], Pcm16]) -> None:
        """Send what ``hear`` gives, ``int16[960]`` at 48 kHz, every 20 ms until cancelled.

        Raises:
            NotInCall, AlreadySpeaking: as `say`.
        """
        self._in_call()
        if self._speaking:
            raise AlreadySpeaking(f"{self.name} is still speaking")
        self._speaking = True
        microphone = self._microphone = self._microphone or PersonEncoder()
        due, line = now(), _CLEAN.line()
        try:
            while True:
                await asyncio.sleep(max(0.0, due - now()))
                due += FRAME_S
                self._send(microphone.encode(hear()), _CLEAN, line)
        finally:
            self._speaking = False

    async def send_silence(self, frames: int) -> None:
        """Send frames of silence in real time, as clients with a camera on do."""
        self._in_call()
        start, line = now(), _CLEAN.line()
        for index in range(frames):
            await asyncio.sleep(max(0.0, start + index * FRAME_S - now()))
            self._send(rtp.SILENCE, _CLEAN, line)

    def send_foreign(self, payload_type: int, payload: bytes = bytes(40)) -> None:
        """Send one packet that is not audio: video, or RTCP (payload types 72 to 76)."""
        packet = rtp.SentRtp(
            self._sequence, self._timestamp, self.ssrc + 1, payload, payload_type & 0x7F
        )
        self._in_call().from_person(packet)

    def _send(self, opus: bytes, faults: LineFaults, line: Line) -> None:
        """Send one frame as packets over the line."""
        call = self._in_call()
        payload = opus
        if self.dave is not None and not faults.unencrypted:
            payload = self.dave.encrypt(opus)
        self._transmit(call, payload, line.padding(), faults, line.arrivals_s())
        if line.padding_follows():
            self._transmit(call, b"", max(1, faults.padding), faults, [0.0])
        self._timestamp = (self._timestamp + SPOKEN_FRAME) & 0xFFFF_FFFF

    def _transmit(
        self,
        call: SimulatedCall,
        payload: bytes,
        padding: int,
        faults: LineFaults,
        arrivals_s: list[float],
    ) -> None:
        packet = rtp.SentRtp(
            self._sequence,
            self._timestamp,
            self.ssrc,
            payload,
            extension=faults.extension,
            padding=padding,
        )
        self._sequence = (self._sequence + 1) & 0xFFFF
        if not arrivals_s:
            self._shared.counters.dropped += 1
        for delay_s in arrivals_s:
            if delay_s > 0:
                self._shared.timers.later(delay_s, lambda: call.from_person(packet))
            else:
                call.from_person(packet)
