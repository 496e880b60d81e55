"""The settings of a guild as its conversation takes them."""

from __future__ import annotations

from database.guild_settings import GuildSettings
from pipeline.room_controls import RoomChoices


def room_choices(settings: GuildSettings, locale: str | None) -> RoomChoices:
    """What a guild chose about the sound of the replies, the languages, and early questions.

    ``locale`` is the ISO code of its own language, if that is known.
    """
    return RoomChoices(
        volume_db=settings.volume_db,
        voices=settings.voices,
        languages=settings.languages,
        locale=locale,
        eager=settings.eager,
    )


def chosen_language(settings: GuildSettings) -> str | None:
    """The language that a guild chose for public messages; None for its own."""
    return None if settings.locale == "auto" else settings.locale
