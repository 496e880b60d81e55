"""The simulated Gateway's cron jobs: ``cron.add``, ``cron.list`` and ``cron.remove``. None runs.

The rules are those seen on OpenClaw 2026.9.6: a ``declarationKey`` names one job, which another
``cron.add`` with it updates.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from simulators.gateway.params import (
    CronAddParams,
    CronListParams,
    CronRemoveParams,
    check_params,
)
from simulators.gateway.refusal import invalid

Payload = dict[str, Any]
_FIELDS = (5, 6, 7)


class CronJobs:
    """The jobs, which outlive a restart."""

    def __init__(self, now_ms: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self.jobs: list[Payload] = []

    def add(self, raw: Payload) -> Payload:
        """Answer ``cron.add``.

        Raises:
            Refusal: the schedule is none.
        """
        params = check_params(CronAddParams, raw, "cron.add")
        expr = str(params.schedule.get("expr", ""))
        if params.schedule.get("kind") == "cron" and len(expr.split()) not in _FIELDS:
            raise invalid(
                f"invalid cron.add params: CronPattern: invalid configuration format ('{expr}'), "
                "exactly five, six, or seven space separated parts are required."
            )
        given = params.model_dump(by_alias=True, exclude_none=True)
        key = given.get("declarationKey")
        known = next((job for job in self.jobs if key and job.get("declarationKey") == key), None)
        if known is not None:
            known.update(given, updatedAtMs=self._now_ms())
            return {"created": False, "updated": True, "job": dict(known)}
        now = self._now_ms()
        job = {
            "id": str(uuid.uuid4()),
            **given,
            "createdAtMs": now,
            "updatedAtMs": now,
            "delivery": given.get("delivery", {"mode": "announce"}),
            "state": {},
        }
        job["payload"] = {**given["payload"], "toolsAllow": ["*"]}
        self.jobs.append(job)
        return {"created": True, "job": dict(job)} if key else dict(job)

    def list(self, raw: Payload) -> Payload:
        """Answer ``cron.list``."""
        params = check_params(CronListParams, raw, "cron.list")
        shown = [job for job in self.jobs if params.include_disabled or job.get("enabled", True)]
        page = shown[params.offset : params.offset + params.limit]
        end = params.offset + len(page)
        more = end < len(shown)
        return {
            "jobs": [dict(job) for job in page],
            "total": len(shown),
            "offset": params.offset,
            "limit": params.limit,
            "hasMore": more,
            "nextOffset": end if more else None,
        }

    def remove(self, raw: Payload) -> Payload:
        """Answer ``cron.remove``.

        Raises:
            Refusal: there is no such job.
        """
        params = check_params(CronRemoveParams, raw, "cron.remove")
        for job in self.jobs:
            if job["id"] == params.id:
                self.jobs.remove(job)
                return {"ok": True, "removed": True}
        raise invalid(
            f"Automation not found: {params.id}. List automations and retry with a current job id.",
            code="CRON_JOB_NOT_FOUND",
            jobId=params.id,
        )
