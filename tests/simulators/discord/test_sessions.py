from __future__ import annotations

from typing import Any

from simulators.discord.payloads import Identify
from simulators.discord.sessions import Session
from tests.simulators.discord.raw import INTENTS, PROPERTIES


class Outlet:
    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.superseded = False

    def send(self, frame: dict[str, Any]) -> None:
        self.frames.append(frame)

    def supersede(self) -> None:
        self.superseded = True


def session(**changes: Any) -> Session:
    identity = {"token": "t", "intents": INTENTS, "properties": PROPERTIES}
    return Session(Identify.model_validate(identity | changes))


def test_events_are_numbered_and_kept_for_whoever_resumes() -> None:
    subject, first, second = session(), Outlet(), Outlet()
    subject.event("A", {})
    subject.move_to(first)
    subject.event("B", {})
    subject.move_to(second)
    subject.replay(seen=1)
    assert [frame["t"] for frame in first.frames] == ["B"]
    assert [(frame["t"], frame["s"]) for frame in second.frames] == [("B", 2)]
    assert (first.superseded, second.superseded) == (True, False)


def test_each_guild_belongs_to_one_shard() -> None:
    shards = [session(shard=[i, 3]) for i in range(3)]
    for guild_id in range(1 << 22, 50 << 22, 1 << 22):
        assert sum(shard.sees(guild_id) for shard in shards) == 1


def test_only_wanted_events_are_wanted() -> None:
    assert session().wants("VOICE_STATE_UPDATE")
    assert not session().wants("MESSAGE_CREATE")
