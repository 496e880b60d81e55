"""Makes a Gateway what a file says, by its own methods.

`config.get` shows the configuration with its hash. `config.patch` takes only the changes, with that
hash: if the configuration was changed meanwhile, it refuses, and everything is read and compared
again. `cron.add` with a `declarationKey` creates a job or updates it. The Gateway takes 30 changes
a minute, and says how long to wait.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any, Final, Protocol

from fleet.reconciler.desired import DesiredGateway
from fleet.reconciler.errors import GatewayDisagrees, ReconcilerError
from fleet.reconciler.history import EarlierConfig, ReconcilerHistory
from fleet.reconciler.plan import (
    ConfigChange,
    CronChange,
    config_changes,
    cron_changes,
    lists_in_need,
    merge_patch,
    secret_hashes,
)
from openclaw_client.clock import Clock, sleep
from openclaw_client.errors import GatewayUnreachable, RequestFailed

log = logging.getLogger(__name__)

_ATTEMPTS: Final = 6
_STALE: Final = "config changed since last load"
_LONGEST_WAIT_S: Final = 90.0
_RESTART_WAIT_S: Final = 5.0
_PAGE: Final = 100
_MOST_PAGES: Final = 50


class GatewayRequest(Protocol):
    """Sends a request; raises `RequestFailed` and `GatewayUnreachable`."""

    async def __call__(self, method: str, params: Mapping[str, Any]) -> Any: ...


@dataclass(frozen=True, slots=True)
class GatewayPlan:
    """What has to change, and what the Gateway has now."""

    config: tuple[ConfigChange, ...]
    cron: tuple[CronChange, ...]
    hash: str
    raw: str

    @property
    def lines(self) -> list[str]:
        """The changes, one a line, without secrets."""
        return [*map(str, self.config), *map(str, self.cron)]


class _Written(Enum):
    """What became of a change that was sent."""

    DONE = auto()
    NOT = auto()
    UNKNOWN = auto()
    """Its answer was lost."""


class Reconciler:
    """Compares and changes one Gateway."""

    def __init__(
        self,
        request: GatewayRequest,
        desired: DesiredGateway,
        history: ReconcilerHistory,
        owner: str,
        *,
        clock: Clock | None = None,
    ) -> None:
        self._request = request
        self._desired = desired
        self._history = history
        self._owner = owner
        self._given_clock = clock

    async def plan(self) -> GatewayPlan:
        """What has to change; nothing is.

        Raises:
            ReconcilerError: the Gateway's configuration is not valid.
            RequestFailed, GatewayUnreachable: the Gateway does not answer.
        """
        shown = await self._config()
        changes = config_changes(self._desired.config, shown["config"], self._history.secrets)
        jobs = await self._jobs()
        crons = cron_changes(self._desired.cron, jobs, self._owner)
        return GatewayPlan(tuple(changes), tuple(crons), shown["hash"], shown["raw"])

    async def apply(self) -> list[str]:
        """Change what differs; returns the changes, one a line. Nothing where nothing does.

        Raises:
            GatewayDisagrees: the Gateway refused, or a list would lose entries.
            ReconcilerError, RequestFailed, GatewayUnreachable: it did not answer, or as for `plan`.
        """
        done = await self._apply_config()
        plan = await self.plan()
        for change in plan.cron:
            await self._apply_cron(change)
            log.info("the Gateway: %s", change)
            done.append(str(change))
        return done

    async def roll_back(self) -> EarlierConfig:
        """Put the configuration from before the last change in place again. Secrets stay.

        Raises:
            ReconcilerError: there is none.
            GatewayDisagrees, RequestFailed, GatewayUnreachable: the Gateway did not take it.
        """
        kept = self._history.earlier
        if not kept:
            raise ReconcilerError("there is no configuration of before a change to go back to")
        earlier = kept[-1]
        for _ in range(_ATTEMPTS):
            shown = await self._config()
            params = {"raw": earlier.raw, "baseHash": shown["hash"]}
            if await self._written("config.apply", params) is _Written.DONE:
                self._history.drop_newest()
                log.warning("the Gateway has its configuration of before the last change")
                return earlier
        raise GatewayDisagrees("the Gateway's configuration changes too often to go back")

    # -- the configuration --------------------------------------------------------------------

    async def _apply_config(self) -> list[str]:
        done: list[str] = []
        for _ in range(_ATTEMPTS):
            shown = await self._config()
            changes = config_changes(self._desired.config, shown["config"], self._history.secrets)
            again = [each for each in changes if str(each) in done]
            if again:
                paths = ", ".join(each.path for each in again)
                raise GatewayDisagrees(f"the Gateway took a change and does not show it: {paths}")
            if not changes:
                return done
            self._check_lists(changes)
            self._history.add(
                EarlierConfig(
                    hash=shown["hash"],
                    raw=shown["raw"],
                    paths=tuple(each.path for each in changes),
                )
            )
            params = {
                "raw": json.dumps(merge_patch(changes)),
                "baseHash": shown["hash"],
                "note": "openclaw-voice reconciler",
            }
            lists = [each.path for each in changes if each.lost]
            if lists:
                params["replacePaths"] = lists
            outcome = await self._written("config.patch", params)
            if outcome is _Written.NOT:
                self._history.drop_newest()
                continue
            read = await self._config()
            after = read["config"]
            if outcome is _Written.UNKNOWN and (
                read["hash"] == shown["hash"] or self._lacks(changes, after)
            ):
                self._history.drop_newest()
                continue
            self._history.note_secrets(secret_hashes(self._desired.config, after))
            for each in changes:
                log.info("the Gateway: %s", each)
            done += map(str, changes)
        raise GatewayDisagrees(
            "the Gateway's configuration was changed by another program at each attempt"
        )

    def _lacks(self, changes: list[ConfigChange], config: Mapping[str, Any]) -> bool:
        """Whether a configuration that has changed lacks one of these changes; its secrets are
        taken for ours, since it does not show them."""
        wanted = {each.path for each in changes}
        secrets = self._history.secrets | secret_hashes(self._desired.config, config)
        left = config_changes(self._desired.config, config, secrets)
        return any(each.path in wanted for each in left)

    def _check_lists(self, changes: list[ConfigChange]) -> None:
        short = lists_in_need(changes, self._desired.replace)
        if short:
            words = "; ".join(f"{each.path} would lose {', '.join(each.lost)}" for each in short)
            raise GatewayDisagrees(
                f"{words}: add {', '.join(each.path for each in short)} to `replace` in the file "
                "if it should"
            )

    async def _written(self, method: str, params: Mapping[str, Any]) -> _Written:
        """Send a change. Unless it was taken, everything is read and compared again.

        Raises:
            GatewayDisagrees: the Gateway refuses the change itself.
        """
        try:
            await self._request(method, params)
        except RequestFailed as refused:
            if _STALE in refused.reason:
                log.info("the Gateway's configuration was changed meanwhile: compared again")
                return _Written.NOT
            if refused.code == "UNAVAILABLE":
                await self._wait(refused.retry_after_s)
                return _Written.NOT
            raise GatewayDisagrees(_reasons(refused)) from refused
        except GatewayUnreachable:
            # It may restart for the change, which is then seen at the next reading.
            await self._wait(None)
            return _Written.UNKNOWN
        return _Written.DONE

    async def _config(self) -> dict[str, Any]:
        """The Gateway's configuration: ``config``, ``raw`` and ``hash``.

        Raises:
            ReconcilerError: it is not valid, or not as expected.
        """
        for _ in range(_ATTEMPTS):
            try:
                answer = await self._request("config.get", {})
                break
            except RequestFailed as refused:
                if refused.code != "UNAVAILABLE":
                    raise
                await self._wait(refused.retry_after_s)
            except GatewayUnreachable as error:
                log.info("waiting for the Gateway: %s", error)
                await self._wait(None)
        else:
            raise ReconcilerError("the Gateway does not show its configuration")
        if not isinstance(answer, dict) or not isinstance(answer.get("config"), dict):
            raise ReconcilerError("the Gateway's answer to config.get has no configuration")
        if not answer.get("valid", True):
            issues = "; ".join(_issue(each) for each in answer.get("issues") or [])
            raise ReconcilerError(f"the Gateway's configuration is not valid: {issues}")
        return {
            "config": answer["config"],
            "raw": str(answer.get("raw") or "{}"),
            "hash": str(answer.get("hash") or ""),
        }

    # -- cron jobs ----------------------------------------------------------------------------

    async def _jobs(self) -> list[Mapping[str, Any]]:
        jobs: list[Mapping[str, Any]] = []
        for _ in range(_MOST_PAGES):
            params = {"includeDisabled": True, "limit": _PAGE, "offset": len(jobs)}
            answer = await self._request("cron.list", params)
            page = answer.get("jobs") if isinstance(answer, dict) else None
            if not isinstance(page, list):
                raise ReconcilerError("the Gateway's answer to cron.list has no jobs")
            jobs += [each for each in page if isinstance(each, dict)]
            if not answer.get("hasMore"):
                break
        return jobs

    async def _apply_cron(self, change: CronChange) -> None:
        method, params = (
            ("cron.remove", {"id": change.ident})
            if change.action == "remove"
            else ("cron.add", dict(change.params))
        )
        for _ in range(_ATTEMPTS):
            try:
                await self._request(method, params)
                return
            except RequestFailed as refused:
                details = refused.details if isinstance(refused.details, dict) else {}
                if details.get("code") == "CRON_JOB_NOT_FOUND":
                    return
                if refused.code != "UNAVAILABLE":
                    raise GatewayDisagrees(f"cron {change.name}: {refused.reason}") from refused
                await self._wait(refused.retry_after_s)
        raise GatewayDisagrees(f"cron {change.name}: the Gateway was not available")

    async def _wait(self, asked_s: float | None) -> None:
        clock = self._given_clock or asyncio.get_running_loop()
        seconds = _RESTART_WAIT_S if asked_s is None else min(asked_s, _LONGEST_WAIT_S)
        await sleep(clock, seconds)


def _reasons(refused: RequestFailed) -> str:
    details = refused.details if isinstance(refused.details, dict) else {}
    issues = [_issue(each) for each in details.get("issues") or []]
    return f"the Gateway refused the change: {'; '.join(issues) or refused.reason}"


def _issue(issue: Any) -> str:
    if not isinstance(issue, dict):
        return str(issue)[:200]
    return f"{issue.get('path') or 'the configuration'}: {issue.get('message')}"[:300]
