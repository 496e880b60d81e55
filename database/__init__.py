"""What the bot keeps of servers and members: settings, choices, calls, transcripts.

In SQLite, or in PostgreSQL by its URL. `open_store` opens the database; `GuildStore` has the API.
"""

from __future__ import annotations

from database.errors import (
    ChangeNotKept,
    DatabaseDamaged,
    DatabaseError,
    DatabaseForeign,
    DatabaseLocked,
    DatabaseNewer,
    DatabaseUnreachable,
    DatabaseUnusable,
    InvalidSetting,
)
from database.guild_settings import GuildPolicy, GuildSettings, MayChange, guild_defaults
from database.location import IN_MEMORY, Location
from database.member_choices import MemberChoice
from database.member_records import Forgotten
from database.personal import PersonalColumn, personal_columns
from database.running_calls import RunningCall, RunningCalls
from database.setting_store import ChosenValue, GuildSetting, SettingChange, SettingsChanged
from database.setting_values import (
    SettingInfo,
    guild_settings_info,
    parsed_value,
    setting_info,
    shown_value,
)
from database.settings import DatabaseSettings
from database.store import GuildStore, open_store
from database.tables import EVERYWHERE, Personal
from database.transcripts import CallTranscript, TranscriptLine
from database.writer import Kept

__all__ = [
    "EVERYWHERE",
    "IN_MEMORY",
    "CallTranscript",
    "ChangeNotKept",
    "ChosenValue",
    "DatabaseDamaged",
    "DatabaseError",
    "DatabaseForeign",
    "DatabaseLocked",
    "DatabaseNewer",
    "DatabaseSettings",
    "DatabaseUnreachable",
    "DatabaseUnusable",
    "Forgotten",
    "GuildPolicy",
    "GuildSetting",
    "GuildSettings",
    "GuildStore",
    "InvalidSetting",
    "Kept",
    "Location",
    "MayChange",
    "MemberChoice",
    "Personal",
    "PersonalColumn",
    "RunningCall",
    "RunningCalls",
    "SettingChange",
    "SettingInfo",
    "SettingsChanged",
    "TranscriptLine",
    "guild_defaults",
    "guild_settings_info",
    "open_store",
    "parsed_value",
    "personal_columns",
    "setting_info",
    "shown_value",
]
