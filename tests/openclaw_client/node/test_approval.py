"""The advice for the operator about a node's approval."""

from __future__ import annotations

from typing import Any

from openclaw_client.node.approval import approval_of
from openclaw_client.protocol.payloads import NodeRow

OFFERED = ["voice.say", "voice.join"]


def row(**changes: Any) -> NodeRow:
    return NodeRow.model_validate({"nodeId": "n", "approvalState": "approved", **changes})


def test_an_approved_node_has_nothing_to_be_done() -> None:
    approval = approval_of(row(commands=["voice.join", "voice.say"]), OFFERED)
    assert approval.usable == ("voice.say", "voice.join")
    assert approval.advice == ""


def test_the_first_approval_is_asked_for_with_the_command_to_run() -> None:
    waiting = row(approvalState="pending-approval", pendingRequestId="99c5")
    approval = approval_of(waiting, OFFERED)
    assert approval.usable == ()
    assert "openclaw nodes approve 99c5" in approval.advice
    assert (
        'gateway.nodes.commands.allow in its openclaw.json must list "voice.say", "voice.join"'
        in (approval.advice)
    )


def test_without_the_id_it_is_said_where_to_find_it() -> None:
    advice = approval_of(row(approvalState="pending-approval"), OFFERED).advice
    assert "openclaw nodes approve <id>" in advice
    assert "`openclaw nodes pending` shows the id" in advice


def test_of_a_longer_list_what_was_approved_before_stays_usable() -> None:
    longer = row(
        approvalState="pending-reapproval", commands=["voice.say"], pendingRequestId="3e74"
    )
    approval = approval_of(longer, OFFERED)
    assert approval.usable == ("voice.say",)
    assert "1 of 2 commands" in approval.advice
    assert "openclaw nodes approve 3e74" in approval.advice


def test_commands_that_the_configuration_forbids_are_named() -> None:
    advice = approval_of(row(commands=["voice.say"]), OFFERED).advice
    assert "does not allow voice.join" in advice
    assert 'must list "voice.join"' in advice
    assert "restart the bot" in advice


def test_a_node_that_is_not_listed() -> None:
    assert "openclaw nodes status" in approval_of(None, OFFERED).advice
