"""Checks of the OpenClaw Gateway: the bot's connection, and the commands of its node."""

from __future__ import annotations

from app.agent_roster import check_agents
from app.doctor.findings import Finding, Grade
from app.fleet.member import offered_commands
from openclaw_client.client import OpenClawClient
from openclaw_client.errors import GatewayRefused, GatewayUnreachable, OpenClawError
from openclaw_client.identity.device_store import DeviceStore
from openclaw_client.node.approval import approval_of
from openclaw_client.tools.imported import ImportedTools, missing_text
from pipeline.personas import personas
from settings import Settings


async def check_gateway(settings: Settings, timeout_s: float = 5.0) -> Finding:
    """Connect as the bot does, which compares the scopes, and look for the agents.

    ``timeout_s`` replaces the timeouts of the settings, which wait for a Gateway to come back.
    """
    subject = "OpenClaw Gateway"
    config = settings.openclaw.model_copy(
        update={"retry_timeout": timeout_s, "connect_timeout_s": timeout_s}
    )
    try:
        async with OpenClawClient(config, devices=DeviceStore.of(config)) as client:
            status = client.status
            there = await client.list_agents()
    except GatewayUnreachable as error:
        if isinstance(error.__cause__, GatewayRefused):
            return Finding(Grade.FAIL, subject, str(error))
        advice = "start the Gateway (`openclaw gateway`), or set OPENCLAW_BASE_URL to where it is"
        return Finding(Grade.FAIL, subject, str(error), advice)
    except OpenClawError as error:
        return Finding(Grade.FAIL, subject, str(error))
    words = f"{status.url}, version {status.server_version}, scopes {', '.join(status.scopes)}"
    found = check_agents(personas(settings.agents, config.agent_id), config.agent_id, there)
    grade = Grade.OK if found.complete else Grade.WARN
    return Finding(grade, subject, f"{words}; {found.words}", found.advice)


async def check_node(settings: Settings, timeout_s: float = 5.0) -> Finding:
    """The commands that agents can use, from the Gateway's list.

    This does not connect as the node: a second connection of the same device would replace it."""
    subject = "OpenClaw node"
    if not settings.openclaw.node.enabled:
        return Finding(Grade.OK, subject, "off: agents get no tools of the bot's")
    config = settings.openclaw.model_copy(
        update={"retry_timeout": timeout_s, "connect_timeout_s": timeout_s}
    )
    devices = DeviceStore.of(config)
    try:
        async with OpenClawClient(config, devices=devices) as client:
            own_id = devices.key().id
            row = next((row for row in await client.nodes() if row.node_id == own_id), None)
    except OpenClawError as error:
        return Finding(Grade.WARN, subject, f"its state is unknown: {error}")
    if row is None:
        advice = "start the bot once, then run `doctor` again: it says what to approve"
        return Finding(Grade.WARN, subject, "the Gateway does not know it yet", advice)
    approval = approval_of(row, offered_commands(settings, discord=True))
    words = f"agents can use {', '.join(approval.usable) or 'nothing'}"
    grade = Grade.WARN if approval.advice else Grade.OK
    return Finding(grade, subject, words, approval.advice)


async def check_tools(settings: Settings, timeout_s: float = 5.0) -> Finding:
    """The Gateway's tools that the bot may call, and whether the agent has them."""
    subject = "OpenClaw tools"
    imports = settings.openclaw.imports
    if not imports.allow:
        return Finding(Grade.OK, subject, "off: the bot calls no tools of the Gateway")
    config = settings.openclaw.model_copy(
        update={"retry_timeout": timeout_s, "connect_timeout_s": timeout_s}
    )
    try:
        async with OpenClawClient(config, devices=DeviceStore.of(config)) as client:
            missing = await ImportedTools(client.gateway, imports, config.agent_id).look()
    except OpenClawError as error:
        return Finding(Grade.WARN, subject, f"they are unknown: {error}")
    if missing is None:
        words = "unknown until the agent has a session: ask it something once"
        return Finding(Grade.OK, subject, words)
    if missing:
        return Finding(Grade.WARN, subject, missing_text(config.agent_id, missing))
    return Finding(Grade.OK, subject, f"the agent has {', '.join(imports.allow)}")
