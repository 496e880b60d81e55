"""The buttons of consent. They are answered by their ids, also after a restart."""

from __future__ import annotations

from typing import Final

import discord

from translations import Text, message

LEAVE_OUT_ID: Final = "consent:leave-out"
HEAR_ID: Final = "consent:hear"
PRIVACY_ID: Final = "consent:privacy"
EXPORT_ID: Final = "consent:export"
FORGET_ID: Final = "consent:forget"
DELETE_ID: Final = "consent:delete"
KEEP_ID: Final = "consent:keep"

_SECONDARY: Final = discord.ButtonStyle.secondary
_PRIMARY: Final = discord.ButtonStyle.primary
_DANGER: Final = discord.ButtonStyle.danger


def notice_buttons(language: str, *, opt_in: bool) -> discord.ui.View:
    """The buttons of a notice in a language; with ``opt_in`` agreeing comes first."""
    leave_out = (message("Leave me out"), LEAVE_OUT_ID, _SECONDARY)
    privacy = (message("Privacy"), PRIVACY_ID, _SECONDARY)
    if opt_in:
        return _buttons(language, (message("Hear me"), HEAR_ID, _PRIMARY), leave_out, privacy)
    return _buttons(language, leave_out, privacy)


def choice_button(language: str, *, heard: bool) -> discord.ui.View:
    """The button below what a member chose: it undoes that."""
    if heard:
        return _buttons(language, (message("Leave me out"), LEAVE_OUT_ID, _SECONDARY))
    return _buttons(language, (message("Hear me again"), HEAR_ID, _SECONDARY))


def privacy_buttons(language: str, *, heard: bool, kept: bool) -> discord.ui.View:
    """What a member can do about what the bot hears, and ``kept`` of them."""
    if heard:
        choice = (message("Leave me out"), LEAVE_OUT_ID, _SECONDARY)
    else:
        choice = (message("Hear me"), HEAR_ID, _SECONDARY)
    export = (message("My data as a file"), EXPORT_ID, _SECONDARY)
    forget = (message("Forget me"), FORGET_ID, _DANGER)
    return _buttons(language, choice, *((export,) if kept else ()), forget)


def forget_buttons(language: str) -> discord.ui.View:
    """The question before a member's data is deleted."""
    delete = (message("Delete it"), DELETE_ID, _DANGER)
    return _buttons(language, delete, (message("Keep it"), KEEP_ID, _SECONDARY))


def _buttons(language: str, *buttons: tuple[Text, str, discord.ButtonStyle]) -> discord.ui.View:
    view = discord.ui.View(timeout=None)
    for label, custom_id, style in buttons:
        view.add_item(discord.ui.Button(label=label.to(language), custom_id=custom_id, style=style))
    view.stop()  # discord.py need not keep it: `ConsentAnswers` answers it
    return view
