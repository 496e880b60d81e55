"""Which conversation a turn belongs to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openclaw_client.session_keys import (
    SessionScope,
    check_agent_id,
    check_session_key,
    is_listed_session,
    personal_keys,
    session_holder,
    session_key,
    side_session_key,
)


def test_each_user_has_their_own_in_each_server() -> None:
    keys = [
        session_key(SessionScope.USER, "jarvis", user_id="42", guild_id=guild)
        for guild in ("900", "901")
    ]
    assert keys == [f"agent:jarvis:discord:dm:42:guild:{guild}" for guild in (900, 901)]


def test_a_user_has_one_for_all_servers_where_that_is_chosen() -> None:
    everywhere = SessionScope.USER_EVERYWHERE
    keys = {
        session_key(everywhere, "jarvis", user_id="42", guild_id=guild) for guild in ("900", "901")
    }
    assert keys == {"agent:jarvis:discord:dm:42"}


def test_a_script_without_a_server_has_one_for_each_user() -> None:
    assert session_key(SessionScope.USER, "jarvis", user_id="42") == "agent:jarvis:discord:dm:42"


def test_the_longest_ids_fit_into_a_key_of_the_gateway() -> None:
    ids = {"user_id": "x" * 300, "guild_id": "y" * 100}
    assert len(session_key(SessionScope.USER, "j" * 64, **ids)) <= 512
    with pytest.raises(ValueError, match="1 to 300 characters"):
        session_key(SessionScope.USER, "jarvis", user_id="x" * 301, guild_id="7")


def test_a_channel_or_a_guild_shares_one() -> None:
    ids = {"user_id": "42", "guild_id": "7", "channel_id": "9"}
    assert session_key(SessionScope.CHANNEL, "sage", **ids) == "agent:sage:discord:channel:9"
    assert session_key(SessionScope.GUILD, "sage", **ids) == "agent:sage:discord:guild:7"


@pytest.mark.parametrize("scope", [SessionScope.CHANNEL, SessionScope.GUILD])
def test_a_scope_without_its_id_is_refused_by_name(scope: SessionScope) -> None:
    with pytest.raises(ValueError, match=f"'{scope.value}' needs a {scope.value} id"):
        session_key(scope, "sage", user_id="42")


def test_the_gateway_stores_keys_in_lower_case_and_so_do_we() -> None:
    key = session_key(SessionScope.USER, "Jarvis", user_id="Test_User")
    assert key == "agent:jarvis:discord:dm:test_user"


@given(st.text(min_size=1, max_size=20).filter(str.strip))
def test_no_name_reaches_into_another_session(name: str) -> None:
    key = session_key(SessionScope.USER, "jarvis", user_id=name)
    in_guild = session_key(SessionScope.USER, "jarvis", user_id=name, guild_id="7")
    assert in_guild == f"{key}:guild:7"
    assert key.startswith("agent:jarvis:discord:dm:")
    assert key.count(":") == 4
    assert key == key.lower()
    assert key.isascii()
    assert len(key) <= 512


def test_different_names_stay_different() -> None:
    names = ["a b", "a_b", "a:b", "a/b", "a%20b", "ab"]
    keys = {session_key(SessionScope.USER, "jarvis", user_id=name) for name in names}
    assert len(keys) == len(names)


def test_an_endless_id_is_refused() -> None:
    with pytest.raises(ValueError, match="1 to 400 characters"):
        session_key(SessionScope.USER, "jarvis", user_id="x" * 401)


@pytest.mark.parametrize("agent", ["", "jar vis", "jarvis:main", "-x", "x" * 65, "järvis"])
def test_what_cannot_be_an_agent(agent: str) -> None:
    with pytest.raises(ValueError, match="not an agent id"):
        check_agent_id(agent)


def test_an_aside_is_no_conversation() -> None:
    key = side_session_key("Jarvis", "addressee", user_id="42", guild_id="7")
    assert key == "agent:jarvis:discord:aside:addressee:7:42"
    assert side_session_key("jarvis", "addressee", user_id="42") != key
    with pytest.raises(ValueError, match="1 to 133 characters"):
        side_session_key("jarvis", "addressee", user_id="x" * 134)


def test_a_persons_own_conversations_here_and_everywhere() -> None:
    assert personal_keys("Jarvis", "7", "5") == (
        "agent:jarvis:discord:dm:7:guild:5",
        "agent:jarvis:discord:dm:7",
    )
    with pytest.raises(ValueError, match="agent id"):
        personal_keys("no agent", "7", "5")


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ("agent:jarvis:main", "agent:jarvis:main"),
        (" Agent:Jarvis:Telegram:dm:42\n", "agent:jarvis:telegram:dm:42"),
        ("agent:jarvis:x", "agent:jarvis:x"),
    ],
)
def test_a_key_is_as_the_gateway_stores_it(given: str, key: str) -> None:
    assert check_session_key(given) == key


@pytest.mark.parametrize(
    "given",
    [
        *("jarvis", "main", "agent:jarvis", "agent:jarvis:", "agent::main", "agent:a b:main"),
        *("agent:j:a b", "agent:j:a\nb", "agent:jarvis:" + "x" * 600),
    ],
)
def test_what_is_no_key_is_named_with_the_right_form(given: str) -> None:
    with pytest.raises(ValueError, match="is no session key: write agent:AGENT:CONVERSATION"):
        check_session_key(given)


@pytest.mark.parametrize(
    ("pattern", "key", "listed"),
    [
        ("agent:*:discord:dm:42", "agent:jarvis:discord:dm:42", True),
        ("agent:*:discord:dm:42", "agent:sage:discord:dm:42:guild:7", True),
        ("agent:*:discord:dm:42", "agent:jarvis:discord:dm:421", False),
        ("agent:*:discord:dm:42*", "agent:jarvis:discord:dm:421", True),
        ("agent:jarvis:*", "agent:jarvis:cron:x", True),
        ("nothing", "agent:jarvis:main", True),
        ("nothing", None, True),
        ("*", "nonsense", True),
    ],
)
def test_patterns_of_sessions(pattern: str, key: str | None, listed: bool) -> None:
    assert is_listed_session([pattern], key) is listed


def test_who_answers_for_a_session() -> None:
    own = ["agent:a:discord:dm:42", "agent:b:discord:direct:42:guild:7:subagent:x"]
    assert {session_holder(each) for each in own} == {"PERSON 42"}
    assert session_holder("agent:a:discord:aside:interrupt:7:42") == "GUILD 7"
    assert session_holder(None) == session_holder("agent:a:main") == "OWNERS"
    unknown = ["agent:a:subagent:x", "agent:a:cron:x", "nonsense", ""]
    assert {session_holder(each) for each in unknown} == {"UNKNOWN"}
