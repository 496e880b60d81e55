"""The bodies of the control plane's requests, and the shapes of its answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from configuration.desired.documents import Document
from configuration.desired.records import (
    AckOutcome,
    BotEvent,
    BotRecord,
    BotReport,
    EventLevel,
    VersionRecord,
)

Hash = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Word = Annotated[str, Field(min_length=1, max_length=64)]
_MOST_EVENTS = 100
_MOST_METRICS = 500


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NewVersionBody(_Body):
    """PUT of a configuration."""

    config: dict[str, Any]
    note: Annotated[str, Field(max_length=500)] = ""


class RollbackBody(_Body):
    """``to`` is the version to go back to; without it, the last one that was not refused."""

    to: Annotated[int, Field(ge=1)] | None = None
    note: Annotated[str, Field(max_length=500)] = ""


class NewBotBody(_Body):
    id: Word


class AckBody(_Body):
    """A bot's answer to a version."""

    version: Annotated[int, Field(ge=1)]
    hash: Hash
    outcome: AckOutcome
    reason: Annotated[str, Field(max_length=4_000)] = ""
    restart_needed: Annotated[
        list[Annotated[str, Field(max_length=200)]], Field(max_length=500)
    ] = Field(default_factory=list)


class HeartbeatBody(_Body):
    """What a bot runs, and how it is."""

    version: Annotated[int, Field(ge=1)] | None = None
    hash: Hash | None = None
    state: Annotated[str, Field(max_length=32)] = "running"
    software: Annotated[str, Field(max_length=64)] = ""
    health: Annotated[dict[Word, Word], Field(max_length=50)] = Field(default_factory=dict)

    def report(self) -> BotReport:
        return BotReport(self.version, self.hash, self.state, self.software, self.health)


class MetricsBody(_Body):
    """Numbers by their names, such as ``{"gpu0.temperature": 71}``."""

    values: Annotated[
        dict[Annotated[str, Field(min_length=1, max_length=120)], FiniteFloat],
        Field(max_length=_MOST_METRICS),
    ]


class EventBody(_Body):
    """``at`` is Unix time in seconds; ``id`` makes a repeated event count once."""

    id: Word
    at: Annotated[float, Field(ge=0, le=32_503_680_000)]
    kind: Word
    level: EventLevel = "info"
    text: Annotated[str, Field(max_length=2_000)] = ""

    def event(self) -> BotEvent:
        at = datetime.fromtimestamp(self.at, UTC)
        return BotEvent(self.id, at, self.kind, self.level, self.text)


class EventsBody(_Body):
    events: Annotated[list[EventBody], Field(max_length=_MOST_EVENTS)]


def version_json(record: VersionRecord) -> dict[str, Any]:
    """A version without its content."""
    return {
        "version": record.version,
        "hash": record.hash,
        "bytes": record.size,
        "made_at": iso_time(record.made_at),
        "made_by": record.made_by,
        "origin": record.origin,
        "note": record.note,
        "changed": list(record.paths),
        "outcome": record.outcome,
        "reason": record.reason,
        "restart_needed": list(record.restart_needed),
        "answered_at": iso_time(record.answered_at),
    }


def bot_json(bot: BotRecord) -> dict[str, Any]:
    """A bot: what it should run, what it runs, and how it is."""
    report = bot.report
    return {
        "id": bot.id,
        "in_sync": bot.in_sync,
        "desired": None if bot.desired is None else version_json(bot.desired),
        "applied": None
        if report is None
        else {"version": report.version, "hash": report.hash, "state": report.state},
        "software": "" if report is None else report.software,
        "health": {} if report is None else report.health,
        "last_seen_at": iso_time(bot.last_seen_at),
        "metrics": bot.metrics,
        "metrics_at": iso_time(bot.metrics_at),
        "created_at": iso_time(bot.created_at),
    }


def config_json(record: VersionRecord, document: Document) -> dict[str, Any]:
    """A version with its content."""
    return {"version": record.version, "hash": record.hash, "config": document}


def iso_time(at: datetime | None) -> str | None:
    """ISO 8601 in UTC, to the second."""
    return None if at is None else at.astimezone(UTC).isoformat(timespec="seconds")
