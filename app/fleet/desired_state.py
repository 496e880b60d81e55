"""The bot under a control plane: what it applies while it runs, and what it reports.
docs/control-plane.md has the table."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from app.fleet.member import FleetMember
from app.fleet.starting_configuration import StartingConfiguration
from app.health import parts_of
from app.services import Services, defaults_of
from app.web_pages import BotStatus
from fleet.desired_state.client import PlaneClient
from fleet.desired_state.live import LiveSettings
from fleet.desired_state.member import BotHooks, DesiredState
from logs import set_up_logging
from openclaw_client import ConnectionState, GatewayNode
from openclaw_client.node.tool_names import machine_name
from settings import Settings
from version import project_version

log = logging.getLogger(__name__)

GATEWAY: Final = "OpenClaw Gateway"


@asynccontextmanager
async def desired_bot(
    start: StartingConfiguration | None, shared: Services, pages: BotStatus
) -> AsyncIterator[DesiredState[Settings] | None]:
    """Keep a bot as the control plane wants it while the body runs; nothing without one.

    Raises:
        PlaneError: the certificate of the settings cannot be read.
    """
    if start is None or start.kept is None:
        yield None
        return
    live = live_settings(shared.settings)

    def usable(new: Settings) -> Settings:
        """Without what needs a restart, and is read by the parts below."""
        kept = {"stt": shared.settings.pipeline.stt}
        pipeline = new.pipeline.model_copy(update=kept)
        return new.model_copy(update={"pipeline": pipeline, "openclaw": shared.settings.openclaw})

    def take_pipeline(new: Settings) -> None:
        shared.new_pipeline[:] = [usable(new).pipeline]

    live.register(
        lambda new: shared.guilds.settings.replace_defaults(defaults_of(usable(new))),
        "guilds",
        "pipeline",
        "discord.leave_when_alone_s",
        except_for=("pipeline.stt",),
    )
    live.register(
        take_pipeline,
        "pipeline",
        except_for=("pipeline.stt",),
    )
    if shared.fleet is not None:
        _register_sensors(live, shared.fleet)
    hooks = BotHooks(
        start.load_in_thread,
        lambda: {part.name: part.condition for part in parts_of(shared, pages.bot)},
        start.ask_restart,
        lambda: pages.bot is not None and bool(pages.bot.sessions),
        lambda: _metrics(shared.fleet, 0 if pages.bot is None else len(pages.bot.sessions)),
        project_version(),
    )
    async with _desired(start, live, hooks) as state:
        yield state


@asynccontextmanager
async def desired_node(
    start: StartingConfiguration | None, settings: Settings, node: GatewayNode, member: FleetMember
) -> AsyncIterator[DesiredState[Settings] | None]:
    """The same for a node without Discord."""
    if start is None or start.kept is None:
        yield None
        return
    live = live_settings(settings)
    _register_sensors(live, member)

    def health() -> Mapping[str, str]:
        up = node.status.state in (ConnectionState.UP, ConnectionState.DRAINING)
        return {GATEWAY: "well" if up else "broken"}

    hooks = BotHooks(
        start.load_in_thread,
        health,
        start.ask_restart,
        metrics=lambda: _metrics(member),
        software=project_version(),
    )
    async with _desired(start, live, hooks) as state:
        yield state


def live_settings(settings: Settings) -> LiveSettings[Settings]:
    """The settings that run, and the log, which takes new ones at once."""
    live = LiveSettings(settings)

    def set_log(new: Settings) -> None:
        set_up_logging(new.logging.level, form=new.logging.format, speech=new.logging.speech)

    live.register(set_log, "logging")
    return live


def _register_sensors(live: LiveSettings[Settings], member: FleetMember) -> None:
    live.register(
        lambda new: member.take(new.fleet.sensors),
        "fleet.sensors.thresholds",
        "fleet.sensors.session",
        "fleet.sensors.in_turns",
    )


@asynccontextmanager
async def _desired(
    start: StartingConfiguration, live: LiveSettings[Settings], hooks: BotHooks[Settings]
) -> AsyncIterator[DesiredState[Settings]]:
    assert start.kept is not None
    settings = live.current.fleet.desired_state
    bot_id = settings.bot or machine_name(live.current.openclaw.node)
    async with (
        PlaneClient(settings, bot_id) as client,
        DesiredState(settings, client, start.kept, live, hooks, start.running) as state,
    ):
        log.info("%s gets its configuration from %s", bot_id, client.url)
        yield state


def _metrics(member: FleetMember | None, calls: int | None = None) -> dict[str, float]:
    values: dict[str, float] = {} if calls is None else {"calls": calls}
    if member is not None:
        for reading in member.sampler.latest():
            values[reading.sensor] = float(reading.value)
    return values
