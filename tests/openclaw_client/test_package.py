"""The names that the rest of the bot may use."""

from __future__ import annotations

import openclaw_client
from openclaw_client import errors


def test_every_name_promised_is_there_and_in_order() -> None:
    names = openclaw_client.__all__
    assert names == sorted(names)
    assert all(hasattr(openclaw_client, name) for name in names)


def test_every_error_can_be_caught_by_name_and_by_the_root() -> None:
    raised = [thing for thing in vars(errors).values() if isinstance(thing, type)]
    for error in raised:
        if issubclass(error, Exception):
            assert error.__name__ in openclaw_client.__all__
            assert issubclass(error, openclaw_client.OpenClawError)
