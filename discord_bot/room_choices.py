"""The settings of a guild as its conversation takes them."""

from __future__ import annotations

from database.guild_settings import GuildSettings
from pipeline.room_controls import RoomChoices


def room_choices(settings: GuildSettings) -> RoomChoices:
    """What a guild chose about the sound of the replies, the languages, and early questions."""
    return RoomChoices(
        volume_db=settings.volume_db,
        voices=settings.voices,
        languages=settings.languages,
        eager=settings.eager,
    )


def chosen_language(settings: GuildSettings) -> str | None:
    """The language that a guild chose for public messages; None for its own."""
    return None if settings.locale == "auto" else settings.locale
