"""The tables of the control plane. A change here needs a migration; a test compares both."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from database.tables import NAMING, Key, UtcTime


class ControlBase(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)


class BotRow(ControlBase):
    """A bot: which version it should run, and what it reported last."""

    __tablename__ = "control_bots"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    desired_version: Mapped[int | None] = mapped_column(Integer)
    last_version: Mapped[int] = mapped_column(Integer, default=0)
    """The highest version that it ever had: no number comes twice."""
    report: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcTime)
    metrics: Mapped[Any | None] = mapped_column(JSON(none_as_null=True))
    metrics_at: Mapped[datetime | None] = mapped_column(UtcTime)


class VersionRow(ControlBase):
    """A version of a bot's configuration. ``content`` is encrypted."""

    __tablename__ = "control_versions"

    bot_id: Mapped[str] = mapped_column(
        ForeignKey("control_bots.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))
    content: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    made_at: Mapped[datetime] = mapped_column(UtcTime)
    made_by: Mapped[str] = mapped_column(String(64))
    origin: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(500))
    paths: Mapped[Any] = mapped_column(JSON)
    outcome: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text, default="")
    restart_needed: Mapped[Any] = mapped_column(JSON, default=list)
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)


class TokenRow(ControlBase):
    """A token, kept as its SHA-256: an operator's, a bot's with its ``bot_id``, or else that of a
    reader."""

    __tablename__ = "control_tokens"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    is_operator: Mapped[bool] = mapped_column(Boolean)
    name: Mapped[str] = mapped_column(String(64))
    bot_id: Mapped[str | None] = mapped_column(ForeignKey("control_bots.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class EventRow(ControlBase):
    """What a bot reported of itself."""

    __tablename__ = "control_events"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    bot_id: Mapped[str] = mapped_column(ForeignKey("control_bots.id", ondelete="CASCADE"))
    event_id: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcTime)
    kind: Mapped[str] = mapped_column(String(64))
    level: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index("ix_control_events_bot_id", "bot_id", "event_id", unique=True),
        {"sqlite_autoincrement": True},
    )


class AuditRow(ControlBase):
    """A command to the control plane."""

    __tablename__ = "control_audit"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    who: Mapped[str] = mapped_column(String(80))
    action: Mapped[str] = mapped_column(String(40))
    bot_id: Mapped[str | None] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(Text)
