"""``run.py node``: this machine as a node of the Gateway, without Discord."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any, Final, TypeAlias

from app.fleet.desired_state import desired_node
from app.fleet.member import fleet_member, idle_member, offered_commands
from app.fleet.starting_configuration import StartingConfiguration
from fleet.supervision.unattended import UnattendedGate
from openclaw_client import (
    ConnectionState,
    DeviceStore,
    GatewayNode,
    OpenClawConfig,
    OpenClawError,
    PerGuildOpenClawClient,
)
from openclaw_client.errors import CannotNow
from openclaw_client.node.command_sets import machine_commands
from openclaw_client.node.commands import CommandCall, NodeCommand
from openclaw_client.node.joining import (
    invitation_from,
    join,
    joined_config,
    leave,
    membership_of,
)
from openclaw_client.node.tool_names import machine_name
from settings import Settings
from state import FolderInUse, StateError, only_one

log = logging.getLogger(__name__)

Say: TypeAlias = Callable[[str], None]

FAILED: Final = 1
_STATUS_WITHIN_S: Final = 10.0


async def join_node(settings: Settings, code: str, say: Say = print) -> int:
    """Use an invitation; returns the exit status.

    Raises:
        OpenClawError: the text says what to do.
    """
    config = settings.openclaw
    devices = DeviceStore.of(config)
    invitation = await invitation_from(code, config)
    offered = offered_commands(settings, discord=False)
    await join(invitation, config, devices, offered)
    say(f"{machine_name(config.node)} joined {invitation.url} with {', '.join(offered)}.")
    say("Start it with: python run.py node")
    say(f"Its Gateway must list these commands in gateway.nodes.commands.allow: {_quoted(offered)}")
    return 0


async def leave_node(settings: Settings, say: Say = print) -> int:
    """Forget the joined Gateway; returns the exit status."""
    devices = DeviceStore.of(settings.openclaw)
    with only_one(devices.folder):
        left = leave(settings.openclaw, devices)
    if left is None:
        say("This machine has joined no Gateway.")
        return FAILED
    say(f"This machine has forgotten {left.gateway} and its token.")
    say(f"Remove it there too: openclaw nodes remove --node {devices.key().id}")
    return 0


async def node_status(settings: Settings, say: Say = print) -> int:
    """Say whether this machine is a node, of which Gateway, and what is missing."""
    config, devices = node_config(settings)
    say(f"name: {machine_name(config.node)}")
    say(f"id: {devices.key().id}")
    joined = membership_of(devices.folder)
    say(f"Gateway: {config.ws_url}" + ("" if joined is not None else " (of the settings)"))
    try:
        with only_one(devices.folder):
            return await _try_connection(settings, config, devices, say)
    except FolderInUse:
        say("running: yes, in another process; its log says what agents can use")
        return 0


async def _try_connection(
    settings: Settings, config: OpenClawConfig, devices: DeviceStore, say: Say
) -> int:
    """Connect as `run_node` does, and say what the Gateway grants. Nothing else is begun, and
    agents' commands are refused meanwhile."""
    say("running: no")
    offered = [*machine_commands(), *idle_member(settings, devices.folder).commands()]
    async with GatewayNode(config, offered, devices, gate=_refuse) as node:
        with_answer = asyncio.get_running_loop().time() + _STATUS_WITHIN_S
        while not node.checked and asyncio.get_running_loop().time() < with_answer:
            if node.status.state in (ConnectionState.WAITING, ConnectionState.STOPPED):
                break
            await asyncio.sleep(0.05)
        if not node.checked:
            say(f"the Gateway does not admit it: {node.status.problem or 'no answer in time'}")
            return FAILED
        say(f"agents can use: {', '.join(node.usable) or 'nothing'}")
        if node.advice:
            say(f"what to do: {node.advice}")
    return 0


async def _refuse(command: NodeCommand, arguments: Any, call: CommandCall) -> CommandCall:
    raise CannotNow("this node is only being looked at (run.py node status): run.py node serves")


async def run_node(settings: Settings, start: StartingConfiguration | None = None) -> int:
    """Serve as a node until cancelled; returns the exit status.

    Raises:
        OpenClawError: there is no folder for the state, or its key cannot be read.
    """
    config, devices = node_config(settings)
    try:
        with only_one(devices.folder):
            async with fleet_member(settings, devices.folder) as member, AsyncExitStack() as stack:
                if config.auth_token.get_secret_value():
                    operator = PerGuildOpenClawClient(config, devices=devices)
                    await stack.enter_async_context(operator)
                    await stack.enter_async_context(member.with_operator(operator))
                commands = [*machine_commands(), *member.commands()]
                gate = UnattendedGate(settings.fleet.supervision)
                if settings.fleet.jobs.sessions and gate.refuses("job.submit"):
                    log.warning(
                        "fleet.jobs.sessions lists sessions that give no jobs here until "
                        "fleet.supervision.without_people is allow"
                    )
                async with GatewayNode(config, commands, devices, gate=gate) as node:
                    member.attach(node)
                    await stack.enter_async_context(desired_node(start, settings, node, member))
                    log.info("%s is a node of %s", node.name, config.ws_url)
                    await asyncio.Event().wait()
    except FolderInUse as error:
        log.error("%s", error)
        return FAILED
    return 0


def node_config(settings: Settings) -> tuple[OpenClawConfig, DeviceStore]:
    """The settings with the joined Gateway's address, and the folder of the node's key.

    Raises:
        OpenClawError: the kept address cannot be read or used.
    """
    devices = DeviceStore.of(settings.openclaw)
    try:
        joined = membership_of(devices.folder)
    except StateError as error:
        raise OpenClawError(str(error)) from error
    if joined is None:
        return settings.openclaw, devices
    return joined_config(settings.openclaw, joined.gateway), devices


def _quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
