"""The settings of all guilds: read from memory, written through to the database."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from database.engine import Database
from database.errors import InvalidSetting
from database.guild_settings import GuildSettings
from database.setting_values import (
    SettingInfo,
    checked_value,
    guild_settings_info,
    json_value,
    setting_info,
)
from database.tables import GuildSettingRow, SettingChangeRow
from database.writer import ChangeWriter, Kept

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChosenValue:
    """A value that a guild chose; ``by`` is the id of the member who did, None for no member."""

    value: Any
    at: datetime
    by: int | None = None


@dataclass(frozen=True, slots=True)
class GuildSetting:
    """A setting as one guild has it. ``chosen`` is None where the operator's default holds."""

    info: SettingInfo
    value: Any
    default: Any
    chosen: ChosenValue | None


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """A guild's settings before and after a change of those with the ``names``."""

    guild_id: int
    old: GuildSettings
    new: GuildSettings
    names: frozenset[str]
    by: int | None


@dataclass(frozen=True, slots=True)
class SettingChange:
    """An entry of the history; ``old`` and ``new`` are JSON, None where the default holds."""

    name: str
    old: Any
    new: Any
    at: datetime
    by: int | None


OnChange: TypeAlias = Callable[[SettingsChanged], None]
_Chosen: TypeAlias = dict[str, ChosenValue]


class GuildSettingStore:
    """What guilds chose, over the operator's ``defaults``.

    Reading is synchronous and never touches the disk. A change applies at once, to all that
    subscribed with `on_change` too; await what it returns to know it on the disk.
    """

    def __init__(
        self, defaults: GuildSettings, writer: ChangeWriter, database: Database | None
    ) -> None:
        self.defaults = defaults
        self._writer = writer
        self._database = database
        self._chosen: dict[int, _Chosen] = {}
        self._settings: dict[int, GuildSettings] = {}
        self._listeners: dict[int | None, list[OnChange]] = {}

    def of(self, guild_id: int) -> GuildSettings:
        """All settings of a guild."""
        return self._settings.get(guild_id, self.defaults)

    def view(self, guild_id: int) -> list[GuildSetting]:
        """Every setting of a guild with its default, and who chose it when."""
        settings, chosen = self.of(guild_id), self._chosen.get(guild_id, {})
        return [
            GuildSetting(
                info, getattr(settings, name), getattr(self.defaults, name), chosen.get(name)
            )
            for name, info in guild_settings_info().items()
        ]

    def setting(self, guild_id: int, name: str) -> GuildSetting:
        """
        Raises:
            InvalidSetting: there is no such setting.
        """
        setting_info(name)
        return next(each for each in self.view(guild_id) if each.info.name == name)

    def set(self, guild_id: int, name: str, value: object, *, by: int | None = None) -> Kept:
        """Choose a value for a guild; `parsed_value` makes one of a member's text.

        Raises:
            InvalidSetting: no such setting, or the value is not allowed. Nothing has changed.
        """
        value = checked_value(name, value)
        earlier = self._chosen.get(guild_id, {}).get(name)
        if earlier is not None and earlier.value == value:
            return Kept()
        chosen = ChosenValue(value, datetime.now(UTC), by)
        self._apply(guild_id, {**self._chosen.get(guild_id, {}), name: chosen}, by)
        old = None if earlier is None else json_value(name, earlier.value)
        new = json_value(name, value)

        async def write(database: Database, session: AsyncSession) -> None:
            keys = {"guild_id": guild_id, "name": name}
            values = {"value": new, "changed_at": chosen.at, "changed_by": by}
            await database.upsert(session, GuildSettingRow, keys, values)
            session.add(_change(guild_id, name, old, new, chosen.at, by))

        return self._writer.write(write)

    def reset(self, guild_id: int, *names: str, by: int | None = None) -> Kept:
        """Have the operator's defaults again, for all settings where no names are given.

        Raises:
            InvalidSetting: there is no such setting. Nothing has changed.
        """
        for name in names:
            setting_info(name)
        chosen = self._chosen.get(guild_id, {})
        gone = {name: each for name, each in chosen.items() if not names or name in names}
        if not gone:
            return Kept()
        at = datetime.now(UTC)
        self._apply(guild_id, {n: each for n, each in chosen.items() if n not in gone}, by)

        async def write(_: Database, session: AsyncSession) -> None:
            here = GuildSettingRow.guild_id == guild_id
            await session.execute(
                delete(GuildSettingRow).where(here, GuildSettingRow.name.in_(gone))
            )
            for name, each in gone.items():
                old = json_value(name, each.value)
                session.add(_change(guild_id, name, old, None, at, by))

        return self._writer.write(write)

    async def history(self, guild_id: int, most: int = 50) -> list[SettingChange]:
        """The last changes of a guild's settings, the newest first.

        Raises:
            SQLAlchemyError, OSError: the database cannot be read now.
        """
        if self._database is None:
            return []
        await self._writer.drain()
        query = (
            select(SettingChangeRow)
            .where(SettingChangeRow.guild_id == guild_id)
            .order_by(SettingChangeRow.id.desc())
            .limit(most)
        )
        async with self._database.reading() as session:
            rows = await session.scalars(query)
            return [
                SettingChange(row.name, row.old, row.new, row.changed_at, row.changed_by)
                for row in rows
            ]

    def replace_defaults(self, defaults: GuildSettings) -> None:
        """Have other operator's defaults, and tell those who subscribed to a guild of what differs
        there. What guilds chose stays."""
        guilds = {*self._chosen, *(each for each in self._listeners if each is not None)}
        before = {guild_id: self.of(guild_id) for guild_id in guilds}
        self.defaults = defaults
        for guild_id, old in before.items():
            chosen = self._chosen.get(guild_id, {})
            if chosen:
                update = {name: each.value for name, each in chosen.items()}
                self._settings[guild_id] = defaults.model_copy(update=update)
            self._tell(guild_id, old, None)

    def on_change(self, listener: OnChange, guild_id: int | None = None) -> Callable[[], None]:
        """Call ``listener`` after each change in a guild, or in all; returns the end of it."""
        listeners = self._listeners.setdefault(guild_id, [])
        listeners.append(listener)

        def end() -> None:
            if listener in listeners:
                listeners.remove(listener)

        return end

    # -- for the store ------------------------------------------------------------------------

    def forget(self, guild_id: int) -> None:
        """Drop a guild from memory; `GuildStore.forget_guild` deletes its rows."""
        self._apply(guild_id, {}, None)

    def forget_member(self, member_id: int) -> None:
        """Drop who chose, where it was this member."""
        for chosen in self._chosen.values():
            for name, each in chosen.items():
                if each.by == member_id:
                    chosen[name] = ChosenValue(each.value, each.at)

    async def load(self, session: AsyncSession) -> dict[int, _Chosen]:
        """What the database has; `take` puts it in place."""
        found: dict[int, _Chosen] = {}
        for row in await session.scalars(select(GuildSettingRow)):
            try:
                value = checked_value(row.name, row.value)
            except InvalidSetting as error:
                log.warning("guild %s: a setting is ignored: %s", row.guild_id, error)
                continue
            chosen = ChosenValue(value, row.changed_at, row.changed_by)
            found.setdefault(row.guild_id, {})[row.name] = chosen
        return found

    def take(self, found: Mapping[int, _Chosen]) -> None:
        """Replace what is in memory, and tell those who subscribed of what differs."""
        for guild_id in {*self._chosen, *found}:
            self._apply(guild_id, dict(found.get(guild_id, {})), None)

    def _apply(self, guild_id: int, chosen: _Chosen, by: int | None) -> None:
        old = self.of(guild_id)
        if chosen:
            self._chosen[guild_id] = chosen
            update = {name: each.value for name, each in chosen.items()}
            self._settings[guild_id] = self.defaults.model_copy(update=update)
        else:
            self._chosen.pop(guild_id, None)
            self._settings.pop(guild_id, None)
        self._tell(guild_id, old, by)

    def _tell(self, guild_id: int, old: GuildSettings, by: int | None) -> None:
        new = self.of(guild_id)
        names = frozenset(_differing(old, new))
        if not names:
            return
        change = SettingsChanged(guild_id, old, new, names, by)
        for listener in (*self._listeners.get(guild_id, ()), *self._listeners.get(None, ())):
            try:
                listener(change)
            except Exception:
                log.exception("guild %s: a change of its settings was not applied", guild_id)


def _differing(old: GuildSettings, new: GuildSettings) -> Iterable[str]:
    return (name for name in GuildSettings.model_fields if getattr(old, name) != getattr(new, name))


def _change(
    guild_id: int, name: str, old: Any, new: Any, at: datetime, by: int | None
) -> SettingChangeRow:
    return SettingChangeRow(
        guild_id=guild_id, name=name, old=old, new=new, changed_at=at, changed_by=by
    )
