"""The parts of MLS (RFC 9420) that Discord's voice gateway uses.

The gateway is an external sender: it signs Add and Remove proposals and forwards the members'
commits and welcomes. It parses them only as far as it must to tell them apart and to validate them.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from simulators.discord.errors import BadMls

MLS_1_0: Final = 1
CIPHER_SUITE: Final = 2
"""DHKEMP256_AES128GCM_SHA256_P256, the one that DAVE 1 uses (DAVE whitepaper, "MLS parameters")."""

_PUBLIC_MESSAGE: Final = 1
_SENDER_MEMBER: Final = 1
_SENDER_EXTERNAL: Final = 2
_CONTENT_PROPOSAL: Final = 2
_CONTENT_COMMIT: Final = 3
_CREDENTIAL_BASIC: Final = 1
_LEAF_FROM_KEY_PACKAGE: Final = 1
_LEAF_FROM_COMMIT: Final = 3
_PROPOSAL_ADD: Final = 1
_PROPOSAL_REMOVE: Final = 3
_PROPOSAL_BY_REFERENCE: Final = 2


def vector(data: bytes) -> bytes:
    """``data`` after its length, as the variable-size vectors of RFC 9420 section 2.1.2."""
    size = len(data)
    if size < 1 << 6:
        return bytes([size]) + data
    if size < 1 << 14:
        return struct.pack(">H", size | 0x4000) + data
    if size < 1 << 30:
        return struct.pack(">I", size | 0x8000_0000) + data
    raise BadMls(f"{size} bytes are too many for one MLS vector")


class MlsReader:
    """Reads MLS structures from the front of a message; BadMls when it ends too early."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.position = 0

    @property
    def at_end(self) -> bool:
        return self.position == len(self._data)

    def take(self, count: int) -> bytes:
        taken = self._data[self.position : self.position + count]
        if len(taken) != count:
            raise BadMls(f"the message ends after {len(self._data)} bytes, in mid-field")
        self.position += count
        return taken

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def vector(self) -> bytes:
        first = self.number(1)
        size = 1 << (first >> 6)
        if size == 8:
            raise BadMls("a vector's length has the reserved prefix 11")
        rest = self.take(size - 1)
        length = int.from_bytes(bytes([first & 0x3F]) + rest, "big")
        return self.take(length)

    def expect(self, size: int, wanted: int, what: str) -> None:
        found = self.number(size)
        if found != wanted:
            raise BadMls(f"{what} is {found}, not {wanted}")


def _leaf_node(reader: MlsReader) -> bytes:
    """Skip a LeafNode (RFC 9420 section 7.2); returns its identity."""
    reader.vector()  # encryption key
    reader.vector()  # signature key
    reader.expect(2, _CREDENTIAL_BASIC, "the credential type")
    identity = reader.vector()
    for _ in range(5):  # capabilities: versions, suites, extensions, proposals, credentials
        reader.vector()
    source = reader.number(1)
    if source == _LEAF_FROM_KEY_PACKAGE:
        reader.take(16)  # lifetime
    elif source == _LEAF_FROM_COMMIT:
        reader.vector()  # parent hash
    reader.vector()  # extensions
    reader.vector()  # signature
    return identity


def key_package_user(key_package: bytes) -> int:
    """The Discord user id that a key package is for.

    Raises:
        BadMls: it is not a key package that DAVE 1 allows.
    """
    reader = MlsReader(key_package)
    reader.expect(2, MLS_1_0, "the key package's version")
    reader.expect(2, CIPHER_SUITE, "the key package's cipher suite")
    reader.vector()  # init key
    identity = _leaf_node(reader)
    reader.vector()  # extensions
    reader.vector()  # signature
    if not reader.at_end:
        raise BadMls("there are bytes after the key package")
    if len(identity) != 8:
        raise BadMls(f"the credential has {len(identity)} bytes, not a user id's 8")
    return int.from_bytes(identity, "big")


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, the epoch it ends, how many proposals it covers, and the welcome after it."""

    message: bytes
    epoch: int
    proposals: int
    welcome: bytes


def split_commit(blob: bytes) -> Commit:
    """The body of op 28: an MLSMessage with a commit, and a Welcome if members are added.

    Raises:
        BadMls: it is something else.
    """
    reader = MlsReader(blob)
    reader.expect(2, MLS_1_0, "the MLS version")
    reader.expect(2, _PUBLIC_MESSAGE, "the wire format")
    reader.vector()  # group id
    epoch = reader.number(8)
    reader.expect(1, _SENDER_MEMBER, "the sender type")
    reader.take(4)  # leaf index
    reader.vector()  # authenticated data
    reader.expect(1, _CONTENT_COMMIT, "the content type")
    proposals = _count_proposals(reader.vector())
    if reader.number(1):  # an update path
        _leaf_node(reader)
        reader.vector()  # path nodes
    reader.vector()  # signature
    reader.vector()  # confirmation tag
    reader.vector()  # membership tag
    end = reader.position
    return Commit(blob[:end], epoch, proposals, blob[end:])


def _count_proposals(listed: bytes) -> int:
    reader, count = MlsReader(listed), 0
    while not reader.at_end:
        reader.expect(1, _PROPOSAL_BY_REFERENCE, "the kind of a committed proposal")
        reader.vector()
        count += 1
    return count


class ExternalSender:
    """The gateway as a signer of proposals, with a key of its own per call."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._public = self._key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )

    def package(self) -> bytes:
        """The body of op 25: signature key and credential."""
        return vector(self._public) + struct.pack(">H", _CREDENTIAL_BASIC) + vector(b"\x00")

    def add(self, group_id: bytes, epoch: int, key_package: bytes) -> bytes:
        return self._sign(group_id, epoch, struct.pack(">H", _PROPOSAL_ADD) + key_package)

    def remove(self, group_id: bytes, epoch: int, leaf: int) -> bytes:
        return self._sign(group_id, epoch, struct.pack(">HI", _PROPOSAL_REMOVE, leaf))

    def _sign(self, group_id: bytes, epoch: int, proposal: bytes) -> bytes:
        """An MLSMessage with a proposal of external sender 0 (RFC 9420 section 6.1)."""
        framed = (
            struct.pack(">HH", MLS_1_0, _PUBLIC_MESSAGE)
            + vector(group_id)
            + struct.pack(">QBI", epoch, _SENDER_EXTERNAL, 0)
            + vector(b"")  # authenticated data
            + bytes([_CONTENT_PROPOSAL])
            + proposal
        )
        signed = vector(b"MLS 1.0 FramedContentTBS") + vector(framed)
        return framed + vector(self._key.sign(signed, ec.ECDSA(hashes.SHA256())))
