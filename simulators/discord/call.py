"""One voice channel's call: members, the bot, and the audio between them."""

from __future__ import annotations

from collections import deque
from typing import Final, Protocol

from simulators.changes import Changes
from simulators.discord.dave import PROTOCOL_VERSION, DaveGroup
from simulators.discord.dave_member import DaveMember
from simulators.discord.errors import BadMls, BadPacket, TimedOut
from simulators.discord.heard_audio import HeardAudio, HeardFrame, audible
from simulators.discord.peer import Peer, VoiceOp
from simulators.discord.rtp import SILENCE, SentRtp
from simulators.discord.shared import SharedState
from simulators.discord.uplink import SentPacket
from simulators.discord.world import VoiceChannel

_DAVE_MARKER: Final = b"\xfa\xfa"
"""The last two bytes of an end-to-end encrypted frame (DAVE whitepaper, "Payload Format")."""
_MAX_TRACE: Final = 50_000


class CallMember(Protocol):
    """A member in the call, as the call sees it."""

    ssrc: int
    announced: bool
    hearing: HeardAudio
    dave: DaveMember | None

    @property
    def id(self) -> int: ...


class SimulatedCall:
    """Everyone in one voice channel. There is at most one bot."""

    def __init__(self, channel: VoiceChannel, shared: SharedState) -> None:
        self.channel = channel
        self.people: dict[int, CallMember] = {}
        self.peer: Peer | None = None
        self.changes = Changes(TimedOut)
        self.trace: deque[SentPacket] = deque(maxlen=_MAX_TRACE)
        self._shared = shared
        faults = shared.faults
        self.group = (
            DaveGroup(channel.id, shared.timers, execute_after_s=lambda: faults.execute_after_s)
            if channel.dave
            else None
        )

    @property
    def dave_version(self) -> int:
        return PROTOCOL_VERSION if self.group is not None else 0

    @property
    def settled(self) -> bool:
        """The bot is in the call and, if encrypted, in one MLS group with all members."""
        if self.peer is None or not self.peer.described:
            return False
        group = self.group
        return group is None or (
            group.settled
            and all(
                p.dave is not None and p.dave.epoch == group.epoch for p in self.people.values()
            )
        )

    # -- members -------------------------------------------------------------------------------

    def person_enters(self, person: CallMember) -> None:
        self.people[person.id] = person
        self._tell(VoiceOp.CLIENTS_CONNECT, {"user_ids": [str(person.id)]})

    def person_leaves(self, person: CallMember) -> None:
        self.people.pop(person.id, None)
        self._tell(VoiceOp.CLIENT_DISCONNECT, {"user_id": str(person.id)})

    def announce(self, person: CallMember) -> None:
        """Send op 5, which maps the SSRC to the member."""
        if self.peer is not None and self.peer.described:
            self.peer.introduce(person.id, person.ssrc)

    def welcome(self, peer: Peer) -> None:
        """The bot has its session description: send it the members, and start encryption."""
        if self.people:
            peer.send(
                VoiceOp.CLIENTS_CONNECT, {"user_ids": [str(i) for i in self.people]}, numbered=True
            )
        for person in self.people.values():
            if person.announced:
                peer.introduce(person.id, person.ssrc)
        if self.group is not None:
            self.group.join(peer)
        self.changes.notify()

    def _tell(self, op: VoiceOp, data: dict[str, object]) -> None:
        if self.peer is not None and self.peer.described:
            self.peer.send(op, data, numbered=True)

    # -- audio ---------------------------------------------------------------------------------

    def from_person(self, packet: SentRtp) -> None:
        """Forward a member's packet to the bot."""
        if self.peer is not None:
            self.peer.send_audio(packet)

    def from_bot(self, peer: Peer, packet: SentRtp, at: float) -> None:
        """Forward a packet of the bot to every member that can decrypt it; it is decoded once."""
        counters = self._shared.counters
        silence = packet.payload == SILENCE
        if self.group is None or silence:
            opus, hearers = packet.payload, list(self.people.values())
        elif not packet.payload.endswith(_DAVE_MARKER):
            counters.unencrypted += bool(self.people)
            for person in self.people.values():
                person.hearing.miss("unencrypted")
            return
        else:
            opus, hearers = self._open(peer.user_id, packet.payload)
        if not hearers:
            return
        try:
            pcm = peer.decoder.decode(opus)
        except BadPacket as error:
            self._shared.violations.add("audio", error)
            return
        frame = HeardFrame(at, packet.sequence, packet.timestamp, pcm, not silence and audible(pcm))
        for person in hearers:
            person.hearing.hear(frame)

    def _open(self, bot_id: int, payload: bytes) -> tuple[bytes, list[CallMember]]:
        """Decrypt the frame with each member's session; returns the Opus and the listeners."""
        opus, hearers = b"", []
        for person in self.people.values():
            try:
                if person.dave is None or not person.dave.ready:
                    raise BadMls("not in the group yet")
                opus = person.dave.decrypt(bot_id, payload)
            except BadMls as error:
                person.hearing.miss(str(error))
                self._shared.counters.undecryptable += 1
            else:
                hearers.append(person)
        return opus, hearers
