"""What the control plane knows of bots, versions, tokens and events."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, TypeAlias

from configuration.desired.documents import Document
from configuration.desired.errors import NameUnusable

AckOutcome: TypeAlias = Literal["applied", "refused"]
PersonKind: TypeAlias = Literal["operator", "reader"]
TokenKind: TypeAlias = Literal["bot", "operator", "reader"]
EventLevel: TypeAlias = Literal["info", "warning", "error"]

TOKEN_PREFIXES: Final[Mapping[TokenKind, str]] = {
    "bot": "ocb-",
    "operator": "oco-",
    "reader": "ocr-",
}
"""Let people and secret scanners tell what a token is for."""
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def checked_name(name: str, what: str) -> str:
    """``name`` if it can be the id of a bot or the name of an operator or reader.

    Raises:
        NameUnusable: it cannot.
    """
    if not _NAME.fullmatch(name):
        raise NameUnusable(
            f"{name[:80]!r} cannot be {what}: use up to 64 letters, digits, dots, underscores and "
            "hyphens, a letter or digit first"
        )
    return name


@dataclass(frozen=True, slots=True)
class TokenHolder:
    """Whose token a request has: a bot's with its ``bot_id``, an operator's, or that of a reader,
    who sees how the bots are and changes nothing."""

    kind: TokenKind
    name: str
    bot_id: str | None = None


@dataclass(frozen=True, slots=True)
class VersionRecord:
    """One version of a bot's configuration, without its content.

    ``origin`` says what made it: "put", or "rollback to 3". ``paths`` are the settings that differ
    from the version before. ``outcome`` is the bot's answer, with ``reason``.
    """

    bot_id: str
    version: int
    hash: str
    size: int
    made_at: datetime
    made_by: str
    origin: str
    note: str = ""
    paths: tuple[str, ...] = ()
    outcome: AckOutcome | None = None
    reason: str = ""
    restart_needed: tuple[str, ...] = ()
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConfigVersion:
    """A version with its content."""

    record: VersionRecord
    document: Document


@dataclass(frozen=True, slots=True)
class BotReport:
    """What a bot says of itself in a heartbeat.

    ``version`` and ``hash`` are those of the configuration that it runs; None without one.
    ``state`` is one of running, trying, restart_needed. ``health`` has the condition of each part.
    """

    version: int | None
    hash: str | None
    state: str = "running"
    software: str = ""
    health: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BotRecord:
    """A bot as the control plane knows it. ``desired`` is None without a version."""

    id: str
    created_at: datetime
    desired: VersionRecord | None = None
    report: BotReport | None = None
    last_seen_at: datetime | None = None
    metrics: dict[str, float] = field(default_factory=dict)
    metrics_at: datetime | None = None

    @property
    def in_sync(self) -> bool:
        """Whether it runs what it should."""
        running = None if self.report is None else self.report.hash
        return self.desired is None or self.desired.hash == running


@dataclass(frozen=True, slots=True)
class BotEvent:
    """What a bot reports of itself once. ``id`` is the bot's own, by which it is stored once."""

    id: str
    at: datetime
    kind: str
    level: EventLevel
    text: str


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event with the number under which it is stored, in the order of arrival."""

    number: int
    event: BotEvent


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """A command to the control plane: who, what, on which bot, with which outcome."""

    at: datetime
    who: str
    action: str
    bot_id: str | None
    outcome: str
    detail: str = ""
