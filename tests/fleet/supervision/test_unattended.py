"""A machine without people, and both gates with the limits under any sessions."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.notify.limits import HOUR_S, SessionLimits
from fleet.notify.messages import TooManyMessages
from fleet.notify.settings import NotifySettings
from fleet.supervision.gate import Permission, SupervisionGate, WantedCommand
from fleet.supervision.policy import needs_yes
from fleet.supervision.settings import SupervisionSettings
from fleet.supervision.unattended import UnattendedGate
from openclaw_client.errors import CommandError, NotApproved
from openclaw_client.node.commands import CommandCall, CommandGate, NoArguments, NodeCommand
from openclaw_client.node.settings import COMMANDS
from openclaw_client.session_keys import is_listed_session
from testing.fake_rooms import HARBOUR, TAVERN, FakeRooms, room

ACTING = tuple(name for name in COMMANDS if needs_yes(name))
MEMBER = "agent:jarvis:discord:dm:42:guild:7"

PARTS = (
    "jarvis main discord dm direct guild channel subagent cron thread telegram heartbeat aside 42"
)
WORDS = st.sampled_from([*PARTS.split(), "43", str(HARBOUR.id), str(TAVERN.id), "", "*"])
SESSIONS = st.one_of(
    st.none(),
    st.just("agent:jarvis:main"),
    st.just(MEMBER),
    st.builds(
        lambda kind, ident, rest: ":".join(("agent", "jarvis", "discord", kind, ident, *rest)),
        st.sampled_from(("dm", "direct", "guild", "channel")),
        st.sampled_from(("42", "43", str(HARBOUR.id), str(TAVERN.id))),
        st.sampled_from(((), ("subagent", "x"), ("guild", "7"), ("guild", "7", "heartbeat"))),
    ),
    st.lists(WORDS, max_size=7).map(lambda words: ":".join(("agent", *words))),
    st.text(max_size=40),
)
OWNERS = re.compile(
    r"agent:[a-z0-9_-]+:(main(:(thread:[^:]+|heartbeat))*|(telegram|signal|whatsapp|slack)(:.+)?)"
)
"""The owner's sessions, in other words than the code's: a superset of what it takes for them."""


async def _run(arguments: Any, call: CommandCall) -> dict[str, Any]:
    raise AssertionError(arguments)


def command(name: str) -> NodeCommand:
    return NodeCommand(name, "", NoArguments, _run, name)


def passes(gate: CommandGate, name: str, session: str | None) -> bool:
    async def try_it() -> bool:
        try:
            await gate(command(name), NoArguments(), CommandCall(session, 30.0))
        except CommandError:
            return False
        return True

    return asyncio.run(try_it())


@pytest.mark.parametrize("name", ACTING)
async def test_it_acts_for_the_owner_and_says_which_setting_decides(name: str) -> None:
    gate = UnattendedGate(SupervisionSettings())
    for session in (None, "agent:jarvis:main", "agent:jarvis:telegram:dm:5"):
        await gate(command(name), NoArguments(), CommandCall(session, 30.0))
    with pytest.raises(NotApproved, match=r"fleet\.supervision\.without_people"):
        await gate(command(name), NoArguments(), CommandCall(MEMBER, 30.0))


def test_the_settings_let_others_in() -> None:
    assert passes(UnattendedGate(SupervisionSettings(without_people="allow")), "job.submit", MEMBER)
    free = UnattendedGate(SupervisionSettings(without_yes=("memory.remember",)))
    assert passes(free, "memory.remember", MEMBER)
    assert not passes(free, "job.submit", MEMBER)


def test_reading_and_alarms_are_for_all() -> None:
    gate = UnattendedGate(SupervisionSettings())
    for name in sorted(set(COMMANDS) - set(ACTING)):
        assert passes(gate, name, MEMBER), name
    assert passes(gate, "human.notify", MEMBER)


async def _no(guild_id: int, wanted: WantedCommand) -> Permission:
    return Permission(False, "Bob (43)", "voice")


@settings(max_examples=300, deadline=None)
@given(SESSIONS, st.sampled_from((*ACTING, "anything.new")))
def test_no_session_passes_a_gate_without_a_yes(session: str | None, name: str) -> None:
    owner = session is None or OWNERS.fullmatch(session) is not None
    if passes(UnattendedGate(SupervisionSettings()), name, session):
        assert owner, session
    gate = SupervisionGate(SupervisionSettings(), FakeRooms(room()), lambda _: True, _no)
    if passes(gate, name, session):
        assert owner, session
        assert not name.startswith("voice."), session


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(SESSIONS, st.integers(0, 900)), max_size=40))
def test_no_sessions_send_more_critical_messages_than_the_settings_allow(
    sent: list[tuple[str | None, int]],
) -> None:
    limits = SessionLimits(NotifySettings(critical_per_hour=3, per_hour=8))
    now, passed = 0.0, list[tuple[float, str | None]]()
    for session, seconds in sent:
        now += seconds
        try:
            limits.reserve(session, critical=True, now=now)
        except TooManyMessages:
            continue
        passed.append((now, session))
        recent = [each for at, each in passed if at > now - HOUR_S]
        assert len(recent) <= 8 + 3, "the owner's are apart"
        members = Counter(
            found[1]
            for each in recent
            if (found := re.match(r"agent:jarvis:discord:(?:dm|direct):(\d+)(?::|$)", each or ""))
        )
        assert not members or max(members.values()) <= 3 + 3, "its own, and those of unknown form"


@settings(deadline=None)
@given(SESSIONS)
def test_a_pattern_for_a_member_is_for_no_other_one(session: str | None) -> None:
    if session is not None and re.fullmatch(r"agent:jarvis:discord:dm:(?!42(:|$)).*", session):
        assert not is_listed_session(["agent:jarvis:discord:dm:42"], session)
