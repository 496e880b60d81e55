"""``run.py node bootstrap``: the options and settings, and the invitation for the machine."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import ipaddress
import sys
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

from fleet.bootstrap.errors import BootstrapFailed
from fleet.bootstrap.installation import NodePlan
from fleet.bootstrap.program import pack
from fleet.bootstrap.run import bootstrap
from fleet.bootstrap.ssh import SshOptions
from fleet.bootstrap.target import Target, parse_target
from openclaw_client.errors import OpenClawError, RequestFailed
from openclaw_client.identity.credentials import Credentials
from openclaw_client.protocol.handshake import Role
from openclaw_client.settings import OpenClawConfig
from openclaw_client.stats import GatewayStats
from openclaw_client.transport.connection import GatewayConnection, open_connection
from settings import Settings

Say: TypeAlias = Callable[[str], None]
FAILED: Final = 1
FOLDER: Final = "~/openclaw-voice-node"
ROOTS_FOLDER: Final = "/opt/openclaw-voice-node"
_ADMIN: Final = Role(
    "operator",
    "gateway-client",
    "backend",
    scopes=("operator.read", "operator.pairing", "operator.admin"),
)
"""For the invitation alone, in this process of the operator; the bot never has these rights."""
_BY_HAND: Final = (
    "make a code on the Gateway's machine with `openclaw devices join-code`, and repeat with "
    "--ask-code"
)


async def bootstrap_node(
    settings: Settings, arguments: argparse.Namespace, say: Say = print
) -> int:
    """Make the machine of ``arguments.code`` a node; returns the exit status.

    Raises:
        OpenClawError: it was not done, and what was begun is undone; the text says what to do.
    """
    target = parse_target(arguments.code or "")
    wanted = _wanted(settings, arguments, target)
    options = SshOptions(
        identities=arguments.identity,
        accept_new_host_key=arguments.accept_new_host_key,
        password=(lambda: getpass.getpass(f"{target}'s password: "))
        if arguments.ask_password
        else None,
        **({} if arguments.known_hosts is None else {"known_hosts": arguments.known_hosts}),
    )
    program = await asyncio.to_thread(pack)
    done = await bootstrap(target, options, wanted, program, say, dry_run=arguments.dry_run)
    if arguments.dry_run:
        return 0
    if done.advice:
        say(f"what to do at the Gateway: {done.advice}")
    if done.service == "none":
        say(f"start it there: cd {done.folder}/current && .venv/bin/python run.py node")
    say(f"{wanted.name or 'The node'} is installed in {done.folder} of {target}.")
    return FAILED if done.advice else 0


def _wanted(settings: Settings, arguments: argparse.Namespace, target: Target) -> NodePlan:
    config = settings.openclaw
    name = arguments.name or ("" if _is_address(target.host) else target.host.partition(".")[0])
    environment = {"OPENCLAW__NODE__NAME": name} if name else {}
    token = config.auth_token.get_secret_value()
    if arguments.with_token:
        if not token:
            raise BootstrapFailed("--with-token: there is no token here; set OPENCLAW_AUTH_TOKEN")
        environment["OPENCLAW_AUTH_TOKEN"] = token
    gateway = arguments.gateway_url or config.base_url

    async def code() -> str:
        if arguments.ask_code:
            return await asyncio.to_thread(_asked_code)
        if _is_loopback(urlsplit(gateway).hostname or "") and not _is_loopback(target.host):
            raise BootstrapFailed(
                f"{gateway} is this machine alone: name the Gateway's address in the network with "
                "--gateway-url, or use --ask-code"
            )
        return await invitation_code(config, gateway)

    async def remove_device(node_id: str) -> None:
        async with admin(config) as connection:
            await connection.request("node.pair.remove", {"nodeId": node_id})

    root = target.user == "root"
    return NodePlan(
        name=name,
        folder=arguments.folder or (ROOTS_FOLDER if root else FOLDER),
        environment=environment,
        code=code,
        remove_device=None if arguments.ask_code else remove_device,
        config=None if arguments.node_config is None else _read(arguments.node_config),
        service=arguments.service,
    )


def _asked_code() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("join code (openclaw devices join-code): ")
    return sys.stdin.readline(10_000)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BootstrapFailed(f"{path} cannot be read ({error.strerror or error})") from error


async def invitation_code(config: OpenClawConfig, gateway: str) -> str:
    """A join code that leads to ``gateway``, by the token of the settings.

    Raises:
        BootstrapFailed: the token does not permit it.
    """
    params: dict[str, Any] = {
        "bootstrapProfile": "node",
        "publicUrl": gateway.replace("ws", "http", 1) if gateway.startswith("ws") else gateway,
        "includeQr": False,
    }
    async with admin(config) as connection:
        answer = await connection.request("device.pair.setupCode", params)
    made = answer.get("setupCode") if isinstance(answer, dict) else None
    if not isinstance(made, str):
        raise BootstrapFailed(f"the Gateway made no code: {_BY_HAND}")
    return made


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    return _is_address(host) and ipaddress.ip_address(host).is_loopback


def _is_address(host: str) -> bool:
    """Whether it is an IP address, and no name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@asynccontextmanager
async def admin(config: OpenClawConfig) -> AsyncIterator[GatewayConnection]:
    """A connection with an owner's rights, which the shared token gives on the Gateway's machine.

    Raises:
        BootstrapFailed: the Gateway does not give them, or refuses a request.
    """
    try:
        connection = await open_connection(
            config,
            str(uuid.uuid4()),
            asyncio.get_running_loop(),
            GatewayStats(),
            Credentials(config, None, _ADMIN),
        )
    except OpenClawError as error:
        raise BootstrapFailed(
            f"no owner's rights at {config.ws_url} ({error}): {_BY_HAND}"
        ) from error
    serving = asyncio.create_task(connection.serve(lambda _: None), name="read the answers")
    try:
        yield connection
    except RequestFailed as refused:
        raise BootstrapFailed(f"{refused}: {_BY_HAND}") from refused
    finally:
        await connection.close()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
