"""As what a connection presents itself."""

from __future__ import annotations

from openclaw_client.identity.roles import OPERATOR, node
from openclaw_client.protocol.frames import connect_params
from simulators.gateway.params import ConnectParams, check_params


def test_an_operator_never_asks_for_admin_and_offers_nothing() -> None:
    assert OPERATOR.scopes == ("operator.read", "operator.write")
    assert "commands" not in connect_params("secret", "i")


def test_a_node_has_no_scopes_and_names_its_commands() -> None:
    params = connect_params("secret", "i", role=node(["voice.say", "voice.join"]))
    read = check_params(ConnectParams, params, "connect")
    assert (read.role, read.client.id, read.client.mode) == ("node", "node-host", "node")
    assert (read.scopes, read.commands) == ([], ["voice.say", "voice.join"])
    assert read.client.display_name == "openclaw-voice"
