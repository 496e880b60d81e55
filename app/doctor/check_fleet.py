"""Checks of what a machine does in a fleet: whom it tells, its sensors, the memory that it writes,
and the control plane. What the settings leave out has no finding."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import Final

from app.doctor.findings import Finding, Grade
from configuration.desired.records import TOKEN_PREFIXES
from fleet.desired_state.client import PlaneClient
from fleet.desired_state.errors import PlaneError
from fleet.desired_state.kept import KeptState, KeptVersion
from fleet.memory.errors import MemoryRefused, MemoryUnwritable
from fleet.memory.folder import WorkspaceMemory
from fleet.memory.plugin import NO_OPERATOR, PluginMemory
from fleet.notify.settings import DISCORD
from fleet.overview.configurations import configurations_of
from fleet.overview.settings import OverviewSettings
from fleet.sensors.rooms import ROOMS
from fleet.sensors.sampler import Sampler
from fleet.sensors.sources import make_sources
from fleet.settings import SOURCES
from fleet.urgency import reaches
from openclaw_client.client import OpenClawClient
from openclaw_client.errors import OpenClawError
from openclaw_client.identity.device_store import DeviceStore
from openclaw_client.node.tool_names import machine_name
from settings import Settings

FLEET: Final = "fleet"
PEOPLE: Final = "messages to people"
SENSORS: Final = "sensors"
MEMORY: Final = "agent's memory"
PLANE: Final = "control plane"
_PLACE: Final = re.compile(r"\{\d+\}")


def check_people(settings: Settings) -> list[Finding]:
    """Whether each person, and each threshold that tells people, has a way."""
    notify = settings.fleet.notify
    telling = [each for each in settings.fleet.sensors.thresholds if each.tell]
    found = []
    if notify.recipients:
        ways = ", ".join(f"{each.name} by {each.channel}" for each in notify.recipients)
        found.append(Finding(Grade.OK, PEOPLE, ways))
    if any(each.channel == DISCORD for each in notify.recipients) and not settings.discord.token:
        words = "recipients on discord are told by a bot alone, and there is no DISCORD_BOT_TOKEN"
        found.append(Finding(Grade.WARN, PEOPLE, words, "set it, or name another channel"))
    others = sorted({each.channel for each in notify.recipients} - {DISCORD})
    if others and not settings.openclaw.auth_token.get_secret_value():
        words = f"recipients by {', '.join(others)} need an operator's connection"
        found.append(Finding(Grade.WARN, PEOPLE, words, "set OPENCLAW_AUTH_TOKEN"))
    for threshold in telling:
        lowest = notify.speak_from
        spoken = settings.discord.token is not None and (
            lowest != "never" and reaches(threshold.urgency, lowest)
        )
        reached = any(reaches(threshold.urgency, each.from_urgency) for each in notify.recipients)
        if not reached and not spoken:
            words = f"the threshold of {threshold.sensor} tells people, and reaches none"
            advice = f"name a person for messages that are {threshold.urgency} in "
            found.append(Finding(Grade.WARN, PEOPLE, words, f"{advice}fleet.notify.recipients"))
    return found


async def check_sensors(settings: Settings) -> list[Finding]:
    """Whether the settings name sensors that there are. It reads the machine and its GPUs once."""
    sensors = settings.fleet.sensors
    wanted = {
        "thresholds": [each.sensor for each in sensors.thresholds],
        "in_turns": sensors.in_turns,
        "in_prompts": sensors.in_prompts,
    }
    if not any(wanted.values()):
        return []
    own = [name for name in sensors.sources if name in SOURCES]
    sampler = Sampler(make_sources(own), sensors.interval_s)
    await sampler.sample()
    names = {reading.sensor for reading in sampler.everything()}
    every = names | _later_names(settings)
    problems = "".join(f"; {name}: {why}" for name, why in sampler.problems.items())
    found = [
        Finding(
            Grade.WARN,
            SENSORS,
            f"fleet.sensors.{setting}: this machine has no sensor {pattern}",
            f"it has {', '.join(sorted(names)) or 'none'}{problems}",
        )
        for setting, patterns in wanted.items()
        for pattern in patterns
        if not _matches(pattern, every)
    ]
    return found or [Finding(Grade.OK, SENSORS, "those that the settings name can be read here")]


def _later_names(settings: Settings) -> set[str]:
    """Names of sensors that come later: with a message, a change, or a call. ``*`` stands for any
    characters."""
    sensors = settings.fleet.sensors
    mqtt = {_PLACE.sub("*", each.sensor) for each in sensors.mqtt.topics}
    rooms = {"room.*"} if ROOMS in sensors.sources else set()
    others = {"*"} if set(sensors.sources) - {*SOURCES, ROOMS} else set()
    return mqtt | {each.sensor for each in sensors.gpio.pins} | rooms | others


def _matches(pattern: str, names: set[str]) -> bool:
    """Whether a pattern of the settings may mean one of these, in which ``*`` may stand too."""
    return any(fnmatchcase(name, pattern) or fnmatchcase(pattern, name) for name in names)


async def check_memory(settings: Settings, timeout_s: float = 5.0) -> list[Finding]:
    """Whether lines can be written into the agent's memory. It writes none."""
    chosen = settings.fleet.memory
    agent = chosen.agent or settings.openclaw.agent_id
    if chosen.folder is not None:
        try:
            await asyncio.to_thread(WorkspaceMemory(chosen.folder).check)
        except MemoryUnwritable as error:
            return [Finding(Grade.WARN, MEMORY, str(error))]
        return [Finding(Grade.OK, MEMORY, f"{agent}: {chosen.folder} can be written")]
    if not chosen.plugin:
        return []
    if not settings.openclaw.auth_token.get_secret_value():
        return [Finding(Grade.WARN, MEMORY, NO_OPERATOR)]
    config = settings.openclaw.model_copy(
        update={"retry_timeout": timeout_s, "connect_timeout_s": timeout_s}
    )
    store = PluginMemory(agent)
    try:
        async with OpenClawClient(config, devices=DeviceStore.of(config)) as client:
            store.call = client.request
            await store.check()
    except (OpenClawError, MemoryUnwritable, MemoryRefused) as error:
        return [Finding(Grade.WARN, MEMORY, str(error))]
    words = f"{agent}: the Gateway's plugin takes lines, and wishes to forget"
    return [Finding(Grade.OK, MEMORY, words)]


async def check_plane(settings: Settings) -> Sequence[Finding]:
    """Whether the control plane answers this bot, and which version it runs; and whether the
    operator's token for the page of nodes serves."""
    found = []
    desired = settings.fleet.desired_state
    if desired.url is not None:
        kept = KeptState(DeviceStore.of(settings.openclaw).folder)
        bot_id = desired.bot or machine_name(settings.openclaw.node)
        try:
            async with PlaneClient(desired, bot_id) as client:
                newest = await client.config(None)
        except PlaneError as error:
            advice = "without it the bot runs with its last version (docs/control-plane.md)"
            found.append(Finding(Grade.WARN, PLANE, str(error), advice))
        else:
            found.append(_version_finding(f"{bot_id} at {desired.url}", newest, kept))
    overview = settings.fleet.overview
    if overview.control_token is not None and (overview.control_url or desired.url) is None:
        words = "FLEET__OVERVIEW__CONTROL_TOKEN is set, and there is no control plane for it"
        found.append(Finding(Grade.WARN, PLANE, words, "set fleet.overview.control_url"))
    try:
        plane = configurations_of(overview, desired)
        if plane is not None:
            async with plane:
                states = await plane.states()
            words = f"{plane.url} tells the configurations of {len(states)} bots"
            found.append(Finding(Grade.OK, PLANE, words, _rights_advice(overview)))
    except PlaneError as error:
        advice = "`run.py nodes` shows no configurations until then"
        found.append(Finding(Grade.WARN, PLANE, str(error), advice))
    return found


def _rights_advice(overview: OverviewSettings) -> str:
    """What to do about a token that may do more than is needed."""
    token = overview.control_token
    if token is None or not token.get_secret_value().startswith(TOKEN_PREFIXES["operator"]):
        return ""
    return (
        "FLEET__OVERVIEW__CONTROL_TOKEN is an operator's, which may change every configuration: "
        "`run.py control readers add NAME` makes one that cannot"
    )


def _version_finding(what: str, newest: KeptVersion | None, kept: KeptState) -> Finding:
    if newest is None:
        return Finding(Grade.OK, PLANE, f"{what}: it has no configuration yet")
    words = f"{what}: version {newest.version} is desired"
    if (refusal := kept.refusal_of(newest)) is not None:
        return Finding(Grade.WARN, PLANE, f"{words}, and was refused: {refusal.reason}")
    for version, state in ((kept.good, "applied"), (kept.trial, "on trial, or waits for a start")):
        if version is not None and version.hash == newest.hash:
            return Finding(Grade.OK, PLANE, f"{words}, and {state}")
    return Finding(Grade.OK, PLANE, f"{words}; the bot has not applied it yet")
