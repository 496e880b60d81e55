from __future__ import annotations

import datetime as dt

import discord

from simulators.discord.api_objects import snowflake


def test_ids_are_unique_and_dated_now() -> None:
    ids = [snowflake() for _ in range(5000)]
    assert len(set(ids)) == len(ids)
    age = dt.datetime.now(dt.UTC) - discord.utils.snowflake_time(ids[0])
    assert abs(age.total_seconds()) < 5
