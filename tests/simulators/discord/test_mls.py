from __future__ import annotations

import davey
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.discord import mls
from simulators.discord.errors import BadMls

CHANNEL, ANN, BEN = 77, 1001, 1002
GROUP = CHANNEL.to_bytes(8, "big")


class Founders:
    """Two real sessions about to make a group, and the gateway between them."""

    def __init__(self) -> None:
        self.sender = mls.ExternalSender()
        self.ann, self.ben = (davey.DaveSession(1, user, CHANNEL) for user in (ANN, BEN))
        self.packages = {}
        for session in (self.ann, self.ben):
            session.set_external_sender(self.sender.package())
            self.packages[session.user_id] = bytes(session.get_serialized_key_package())

    def commit_of_ann(self) -> bytes:
        proposal = self.sender.add(GROUP, 0, self.packages[self.ben.user_id])
        answer = self.ann.process_proposals(
            davey.ProposalsOperationType.append, mls.vector(proposal)
        )
        assert answer is not None
        return bytes(answer.commit) + bytes(answer.welcome or b"")


@given(st.integers(0, 20_000))
def test_a_vector_reads_back(size: int) -> None:
    reader = mls.MlsReader(mls.vector(bytes(size)) + b"rest")
    assert reader.vector() == bytes(size)
    assert reader.take(4) == b"rest"
    assert reader.at_end


def test_a_message_that_ends_too_early_is_refused() -> None:
    with pytest.raises(BadMls, match="ends after 3 bytes"):
        mls.MlsReader(b"\x05ab").vector()


def test_the_reserved_length_prefix_is_refused() -> None:
    with pytest.raises(BadMls, match="reserved"):
        mls.MlsReader(b"\xc0" + bytes(20)).vector()


def test_a_key_package_says_whose_it_is() -> None:
    assert (
        mls.key_package_user(davey.DaveSession(1, ANN, CHANNEL).get_serialized_key_package()) == ANN
    )


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda p: p[:-1], "ends after"),
        (lambda p: p + b"x", "after the key package"),
        (lambda p: b"\x00\x02" + p[2:], "version"),
        (lambda p: p[:2] + b"\x00\x01" + p[4:], "cipher suite"),
        (lambda p: b"", "ends after"),
    ],
)
def test_a_spoilt_key_package_is_refused(spoil, why) -> None:  # type: ignore[no-untyped-def]
    package = bytes(davey.DaveSession(1, ANN, CHANNEL).get_serialized_key_package())
    with pytest.raises(BadMls, match=why):
        mls.key_package_user(spoil(package))


def test_a_commit_is_split_from_its_welcome_so_that_both_work() -> None:
    founders = Founders()
    commit = mls.split_commit(founders.commit_of_ann())
    assert (commit.epoch, commit.proposals) == (0, 1)
    founders.ann.process_commit(commit.message)
    founders.ben.process_welcome(commit.welcome)
    assert founders.ann.ready
    assert founders.ben.ready
    frame = founders.ann.encrypt_opus(b"an opus frame")
    assert founders.ben.decrypt(ANN, davey.MediaType.audio, frame) == b"an opus frame"


def test_a_member_is_removed_by_the_gateways_proposal() -> None:
    founders = Founders()
    commit = mls.split_commit(founders.commit_of_ann())
    founders.ann.process_commit(commit.message)
    founders.ben.process_welcome(commit.welcome)
    proposal = mls.vector(founders.sender.remove(GROUP, 1, leaf=1))
    answer = founders.ann.process_proposals(davey.ProposalsOperationType.append, proposal)
    assert answer is not None
    removal = mls.split_commit(bytes(answer.commit))
    assert (removal.epoch, removal.proposals, removal.welcome) == (1, 1, b"")
    founders.ann.process_commit(removal.message)
    assert founders.ann.get_user_ids() == [str(ANN)]


def test_a_proposal_of_another_sender_is_not_believed() -> None:
    founders = Founders()
    forged = mls.ExternalSender().add(GROUP, 0, founders.packages[founders.ben.user_id])
    with pytest.raises(ValueError, match="ignature"):
        founders.ann.process_proposals(davey.ProposalsOperationType.append, mls.vector(forged))


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda blob: blob[:40], "ends after"),
        (lambda blob: b"\x00\x09" + blob[2:], "MLS version"),
        (lambda blob: blob[:2] + b"\x00\x03" + blob[4:], "wire format"),
        (lambda blob: b"", "ends after"),
    ],
)
def test_a_spoilt_commit_is_refused(spoil, why) -> None:  # type: ignore[no-untyped-def]
    blob = Founders().commit_of_ann()
    with pytest.raises(BadMls, match=why):
        mls.split_commit(spoil(blob))
