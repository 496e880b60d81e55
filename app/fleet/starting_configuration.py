"""The settings that a bot under a control plane starts with, and its restart for others."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Final

from configuration.errors import Problem, SettingsError
from configuration.schema import Path as SettingPath
from fleet.desired_state.kept import KeptState, KeptVersion
from fleet.desired_state.settings import PROTECTED, protected_here, protected_problems
from openclaw_client.identity.device_store import DeviceStore
from settings import Settings, load_settings

log = logging.getLogger(__name__)

RESTART_STATUS: Final = 75
"""Exit status of a bot that ends for a new configuration: EX_TEMPFAIL. A service manager starts it
again."""


class StartingConfiguration:
    """The settings that a process starts with: its own files and variables, and the version of the
    control plane that it has kept, laid between them."""

    def __init__(self) -> None:
        self.kept: KeptState | None = None
        """None where the settings name no control plane."""
        self.running: KeptVersion | None = None
        self._config_path: Path | None = None
        self._wanted = asyncio.Event()
        self._needs_token = False
        self._protected: tuple[SettingPath, ...] = PROTECTED

    def load(
        self, config_path: Path | None = None, *, on_notice: Callable[[str], None] = log.warning
    ) -> Settings:
        """As `load_settings`, with the kept version where there is one. A version that the settings
        do not accept any more is refused, and the one before is taken.

        Raises:
            SettingsError: the files and variables of this machine cannot be used.
        """
        settings = self._load(config_path, on_notice)
        self._needs_token = settings.discord.token is not None
        return settings

    def _load(self, config_path: Path | None, on_notice: Callable[[str], None]) -> Settings:
        own = self._own(config_path, on_notice)
        if self.kept is None:
            return own
        while (version := self.kept.version_for_start()) is not None:
            try:
                settings = self.load_version(version)
            except SettingsError as error:
                self.kept.refuse(version, str(error))
                continue
            self.running = version
            on_notice(f"version {version.version} of the control plane holds over config.yaml")
            return settings
        return own

    def look(
        self, config_path: Path | None = None, *, on_notice: Callable[[str], None] = log.warning
    ) -> Settings:
        """The settings that the process of this machine runs with, for a command beside it: the
        same version as `load`, but no start is counted, and nothing is refused.

        Raises:
            SettingsError: as for `load`.
        """
        own = self._own(config_path, on_notice)
        for version in () if self.kept is None else self.kept.versions_in_use():
            try:
                return self.load_version(version)
            except SettingsError as error:
                on_notice(f"version {version.version} of the control plane is left out: {error}")
        return own

    def _own(self, config_path: Path | None, on_notice: Callable[[str], None]) -> Settings:
        """The settings of this machine alone."""
        self._config_path = config_path
        own = load_settings(config_path, on_notice=on_notice)
        if own.fleet.desired_state.url is not None:
            self._protected = protected_here(own, own.fleet.desired_state, os.environ)
            self.kept = KeptState(DeviceStore.of(own.openclaw).folder)
        return own

    def load_version(self, version: KeptVersion) -> Settings:
        """The settings with a version.

        Raises:
            SettingsError: it cannot be used here.
        """
        if problems := protected_problems(version.document, self._protected):
            raise SettingsError(problems)
        new = load_settings(self._config_path, on_notice=log.debug, desired=version.named())
        if self._needs_token and new.discord.token is None:
            words = "the bot has one now, and could not start without"
            raise SettingsError([Problem("discord.token", (words,))])
        return new

    async def load_in_thread(self, version: KeptVersion) -> Settings:
        """As `load_version`, beside the event loop: a large document takes tenths of a second."""
        return await asyncio.to_thread(self.load_version, version)

    def ask_restart(self) -> None:
        """End the process with `RESTART_STATUS`."""
        self._wanted.set()

    async def until_restart(self, work: Coroutine[Any, Any, int]) -> int:
        """Run ``work``, and end it in order when a restart is asked for; the exit status."""
        working = asyncio.create_task(work, name="bot")
        wanted = asyncio.create_task(self._wanted.wait(), name="restart wanted")
        try:
            await asyncio.wait((working, wanted), return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                return working.result()
            return RESTART_STATUS
        finally:
            for task in (working, wanted):
                task.cancel()
            await asyncio.gather(working, wanted, return_exceptions=True)
