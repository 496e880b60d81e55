"""What each bot should run and runs, as its control plane knows it."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Self

import httpx
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from fleet.desired_state.errors import PlaneError, PlaneRefused
from fleet.desired_state.requests import PlaneRequests, read_json
from fleet.desired_state.settings import DesiredStateSettings
from fleet.overview.model import Configurations, ConfigurationState
from fleet.overview.settings import OverviewSettings
from openclaw_client.turn_text import clean_words

_WITHIN_S: Final = 5.0
_LONGEST_CHARS: Final = 300
_TOKEN: Final = "FLEET__OVERVIEW__CONTROL_TOKEN"


class _Answered(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class _Desired(_Answered):
    version: int
    outcome: str | None = None
    reason: str = ""
    restart_needed: list[str] = Field(default_factory=list)


class _Applied(_Answered):
    version: int | None = None


class _Bot(_Answered):
    id: str
    in_sync: bool
    desired: _Desired | None = None
    applied: _Applied | None = None


class _Bots(_Answered):
    bots: list[_Bot]


class PlaneConfigurations:
    """A `fleet.overview.model.ConfigurationStates` over ``GET /bots`` with a reader's or an
    operator's token; use it as an async context manager.

    Raises:
        PlaneError: the file of the certificate cannot be read.
    """

    def __init__(
        self,
        url: str,
        token: SecretStr,
        ca_file: Path | None = None,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """``transport`` replaces the network."""
        self.url = url
        self._requests = PlaneRequests(
            url,
            token,
            ca_file,
            setting="fleet.overview.control_ca_file",
            within_s=_WITHIN_S,
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._requests.__aexit__()

    async def configurations(self) -> Configurations:
        """All bots that have a configuration, or why they are unknown."""
        try:
            return Configurations(await self.states())
        except PlaneError as error:
            return Configurations({}, str(error))

    async def states(self) -> dict[str, ConfigurationState]:
        """By the ids of the bots.

        Raises:
            PlaneUnreachable, PlaneRefused: the text says what to do.
            PlaneError: what answers is no control plane.
        """
        answer = await self._requests.get("/bots")
        try:
            self._requests.check(answer)
        except PlaneRefused as refused:
            if refused.status in (401, 403):
                raise PlaneRefused(
                    f"{self.url} does not take {_TOKEN} as a reader's or an operator's token",
                    refused.status,
                    refused.code,
                ) from refused
            raise
        try:
            bots = _Bots.model_validate(read_json(answer)).bots
        except (ValidationError, ValueError, RecursionError):
            raise PlaneError(
                f"{self._requests.url} sent no list of bots: it is no control plane"
            ) from None
        return {
            bot.id: _state(bot.desired, bot.applied, in_sync=bot.in_sync)
            for bot in bots
            if bot.desired is not None
        }


def _state(desired: _Desired, applied: _Applied | None, *, in_sync: bool) -> ConfigurationState:
    version = None if applied is None else applied.version
    running = desired.version if in_sync else version
    return ConfigurationState(
        str(desired.version), "" if running is None else str(running), _problem(desired, applied)
    )


def _problem(desired: _Desired, applied: _Applied | None) -> str:
    if desired.outcome == "refused":
        return clean_words(f"refused: {desired.reason}"[:_LONGEST_CHARS])
    if desired.restart_needed:
        names = ", ".join(desired.restart_needed)
        return clean_words(f"a restart is needed for {names}"[:_LONGEST_CHARS])
    return "" if applied is not None else "the bot has not reported to the control plane yet"


def configurations_of(
    overview: OverviewSettings, desired: DesiredStateSettings
) -> PlaneConfigurations | None:
    """The control plane of the settings; None without a token for it.

    Raises:
        PlaneError: the file of the certificate cannot be read.
    """
    url = overview.control_url or desired.url
    if overview.control_token is None or url is None:
        return None
    ca_file = overview.control_ca_file or desired.ca_file
    return PlaneConfigurations(url, overview.control_token, ca_file)
