from __future__ import annotations

import discord
import pytest

from simulators.discord.roles import Overwrite, implied, merged, with_overwrites

SPEAK = discord.Permissions(speak=True).value
EVERYONE, ROLE, OTHER_ROLE, MEMBER = 1, 2, 3, 4


def denied(subject: int) -> Overwrite:
    return Overwrite(subject, subject == MEMBER, deny=SPEAK)


def allowed(subject: int) -> Overwrite:
    return Overwrite(subject, subject == MEMBER, allow=SPEAK)


@pytest.mark.parametrize(
    ("overwrites", "may"),
    [
        ([], True),
        ([denied(EVERYONE)], False),
        ([denied(EVERYONE), allowed(ROLE)], True),
        ([denied(ROLE), allowed(EVERYONE)], False),
        ([denied(ROLE), allowed(OTHER_ROLE)], True),
        ([allowed(MEMBER), denied(ROLE), denied(EVERYONE)], True),
        ([denied(MEMBER), allowed(ROLE)], False),
        ([denied(9)], True),
    ],
)
def test_the_member_comes_before_its_roles_and_those_before_everyone(
    overwrites: list[Overwrite], may: bool
) -> None:
    value = with_overwrites(
        SPEAK, overwrites, everyone_id=EVERYONE, role_ids=[ROLE, OTHER_ROLE], member_id=MEMBER
    )
    assert bool(value & SPEAK) == may


def test_what_cannot_be_seen_cannot_be_used() -> None:
    everything = discord.Permissions.all().value
    blind = everything & ~discord.Permissions(view_channel=True).value
    assert implied(blind, voice=False) == 0


def test_without_connect_nothing_of_a_call_is_left() -> None:
    value = discord.Permissions.all().value & ~discord.Permissions(connect=True).value
    left = discord.Permissions(implied(value, voice=True))
    assert not left.speak
    assert not left.manage_channels
    assert left.send_messages


def test_in_a_thread_another_permission_is_for_sending() -> None:
    value = discord.Permissions(
        view_channel=True, send_messages_in_threads=True, attach_files=True
    ).value
    assert discord.Permissions(implied(value, voice=False, thread=True)).attach_files
    assert not discord.Permissions(implied(value, voice=False)).attach_files


def test_an_overwrite_is_changed_back_to_nothing() -> None:
    changed = Overwrite(ROLE, False).changed({"speak": False, "connect": True})
    assert (changed.deny, changed.allow) == (SPEAK, discord.Permissions(connect=True).value)
    again = changed.changed({"speak": None, "connect": None})
    assert (again.deny, again.allow) == (0, 0)


def test_the_api_lists_one_overwrite_for_each_subject() -> None:
    (only,) = merged(denied(ROLE).payload(), Overwrite(ROLE, False, allow=1).payload())
    assert (only["allow"], only["deny"]) == ("1", str(SPEAK))
