from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from simulators.discord.mentions import AllowedMentions, pings

TEXT = "@everyone <@5> <@!6> <@&7>"


@pytest.mark.parametrize(
    ("allowed", "users", "roles", "everyone"),
    [
        (None, {5, 6}, {7}, True),
        ({}, set(), set(), False),
        ({"parse": []}, set(), set(), False),
        ({"parse": ["users"]}, {5, 6}, set(), False),
        ({"parse": ["everyone"], "users": ["6", "9"]}, {6}, set(), True),
        ({"roles": ["7"]}, set(), {7}, False),
    ],
)
def test_only_what_is_allowed_is_notified(
    allowed: dict[str, Any] | None, users: set[int], roles: set[int], everyone: bool
) -> None:
    model = None if allowed is None else AllowedMentions.model_validate(allowed)
    found = pings(TEXT, model)
    assert (set(found.users), set(found.roles), found.everyone) == (users, roles, everyone)


def test_a_kind_is_parsed_or_listed() -> None:
    with pytest.raises(ValidationError, match="either in parse"):
        AllowedMentions.model_validate({"parse": ["users"], "users": ["5"]})
    with pytest.raises(ValidationError):
        AllowedMentions.model_validate({"parse": ["members"]})
