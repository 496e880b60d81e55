"""The checks in order, without those that need a failed one, and the next steps."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import aiohttp

from app.doctor.check_database import DATABASE, check_database
from app.doctor.check_discord import DISCORD, TOKEN, check_discord, check_token
from app.doctor.check_fleet import (
    FLEET,
    check_memory,
    check_people,
    check_plane,
    check_sensors,
)
from app.doctor.check_gateway import check_gateway, check_node, check_tools
from app.doctor.check_jobs import JOBS, check_jobs
from app.doctor.check_machine import (
    check_davey,
    check_gpu,
    check_libopus,
    check_models,
    check_python,
)
from app.doctor.check_servers import check_chain, check_words
from app.doctor.check_speech import check_speech
from app.doctor.findings import Finding, Grade, inner_lines
from app.fleet.starting_configuration import StartingConfiguration
from configuration.errors import SettingsError
from settings import Settings

MakeConnector: TypeAlias = Callable[[], aiohttp.BaseConnector]

GATEWAY: Final = "OpenClaw Gateway"
NODE: Final = "OpenClaw node"
TOOLS: Final = "OpenClaw tools"
_NEED_SETTINGS: Final = (
    DATABASE, TOKEN, DISCORD, "libopus", "GPU", "models", "speech", GATEWAY, NODE,
    TOOLS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """A check, and the subjects of the checks that must succeed before it."""

    subject: str
    run: Callable[[], Awaitable[Sequence[Finding]]]
    needs: tuple[str, ...] = ()


async def examine(
    config: Path | None,
    say: Callable[[object], None],
    discord: MakeConnector | None = None,
) -> int:
    """Report each finding as soon as it is known, then the next steps; 1 if a check failed, else 0.

    ``discord`` makes a connector to a simulated Discord.
    """
    found: list[Finding] = []
    async with aclosing(findings(config, discord)) as coming:
        async for finding in coming:
            say(finding)
            found.append(finding)
    failed = sum(finding.grade is Grade.FAIL for finding in found)
    verdict = f"{failed} of these must be corrected first." if failed else "No check failed."
    say(f"\n{verdict}")
    say("What to do next:")
    for number, step in enumerate(next_steps(found), 1):
        say(inner_lines(f"  {number}. {step}"))
    return 1 if failed else 0


async def findings(
    config: Path | None, discord: MakeConnector | None = None
) -> AsyncGenerator[Finding, None]:
    """The findings of every check in order; a check that needs a failed one is skipped."""
    yield check_python()
    about_settings, settings = check_settings(config)
    for finding in about_settings:
        yield finding
    if settings is None:
        for subject in _NEED_SETTINGS:
            yield _skipped(subject, "settings")
        yield check_davey()
        return
    failed: set[str] = set()
    for check in _checks(settings, discord):
        missing = [need for need in check.needs if need in failed]
        found = [_skipped(check.subject, missing[0])] if missing else await check.run()
        if missing or any(finding.grade is Grade.FAIL for finding in found):
            failed.add(check.subject)
        for finding in found:
            yield finding


def next_steps(found: Sequence[Finding]) -> list[str]:
    """The next steps in order: first for failures, then for warnings."""
    steps = [
        f"{finding.subject}: {finding.advice or finding.words}"
        for grade in (Grade.FAIL, Grade.WARN)
        for finding in found
        if finding.grade is grade and (finding.advice or grade is Grade.FAIL)
    ]
    if any(finding.grade is Grade.FAIL for finding in found):
        return [*steps, "run `make doctor` again"]
    return [*steps, "`make run`, then type /join in a voice channel"]


def _checks(settings: Settings, discord: MakeConnector | None) -> tuple[Check, ...]:
    def one(check: Callable[[Settings], Finding]) -> Callable[[], Awaitable[Sequence[Finding]]]:
        async def run() -> Sequence[Finding]:
            return [check(settings)]

        return run

    def awaited(
        check: Callable[[Settings], Awaitable[Finding]],
    ) -> Callable[[], Awaitable[Sequence[Finding]]]:
        async def run() -> Sequence[Finding]:
            return [await check(settings)]

        return run

    async def ask_discord() -> Sequence[Finding]:
        return await check_discord(settings, None if discord is None else discord())

    async def models() -> Sequence[Finding]:
        return check_models(settings)

    async def jobs() -> Sequence[Finding]:
        return await check_jobs(settings)

    async def fleet() -> Sequence[Finding]:
        return [
            *check_people(settings),
            *await check_sensors(settings),
            *await check_memory(settings),
            *await check_plane(settings),
        ]

    async def davey() -> Sequence[Finding]:
        return [check_davey()]

    async def speech() -> Sequence[Finding]:
        others = [*await check_chain(settings), *await check_words(settings)]
        return [await check_speech(settings), *others]

    return (
        Check(DATABASE, awaited(check_database)),
        Check(TOKEN, one(check_token)),
        Check(DISCORD, ask_discord, needs=(TOKEN,)),
        Check("libopus", one(check_libopus)),
        Check("davey", davey),
        Check("GPU", one(check_gpu)),
        Check("models", models),
        Check("speech", speech),
        Check(GATEWAY, awaited(check_gateway)),
        Check(
            NODE, awaited(check_node), needs=(GATEWAY,) if settings.openclaw.node.enabled else ()
        ),
        Check(JOBS, jobs),
        Check(FLEET, fleet),
        Check(
            TOOLS, awaited(check_tools), needs=(GATEWAY,) if settings.openclaw.imports.allow else ()
        ),
    )


def _skipped(subject: str, need: str) -> Finding:
    return Finding(Grade.SKIP, subject, f"skipped: needs {need}")


def check_settings(config: Path | None) -> tuple[list[Finding], Settings | None]:
    """Findings about the settings; None in place of settings that cannot be used."""
    told: list[str] = []
    try:
        settings = StartingConfiguration().look(config, on_notice=told.append)
    except SettingsError as error:
        advice = "correct each of the problems above at its place"
        return [Finding(Grade.FAIL, "settings", str(error), advice)], None
    if not told:
        words = "config.yaml, .env and environment are valid"
        return [Finding(Grade.OK, "settings", words)], settings
    return [Finding(Grade.WARN, "settings", words) for words in told], settings
