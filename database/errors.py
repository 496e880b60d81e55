"""Errors of the database and of the settings in it.

DatabaseError
├── DatabaseUnusable       it cannot be opened, and was left as it is
│   ├── DatabaseDamaged    its content is damaged, or is not a database
│   ├── DatabaseForeign    it belongs to another program
│   ├── DatabaseNewer      a later version of the bot has written it
│   ├── DatabaseLocked     another program holds it
│   └── DatabaseUnreachable  file, folder or server cannot be used
├── ChangeNotKept          a change that applies, but will not outlive the process
└── InvalidSetting         a setting of a guild: its name or value; the text says what is allowed
"""

from __future__ import annotations


class DatabaseError(Exception):
    """The database, or a value for it, cannot be used."""


class DatabaseUnusable(DatabaseError):
    """The database cannot be opened; it was left as it is.

    ``where`` is its file or its address without the password, ``reason`` the fault in a few words,
    ``advice`` what to do.
    """

    def __init__(self, where: str, reason: str, advice: str) -> None:
        super().__init__(f"the database {where} cannot be used: {reason}. {advice}")
        self.where = where
        self.reason = reason
        self.advice = advice


class DatabaseDamaged(DatabaseUnusable):
    """Its content is damaged, or it is no database."""


class DatabaseForeign(DatabaseUnusable):
    """It has tables of another program, and none of the bot's."""


class DatabaseNewer(DatabaseUnusable):
    """A later version of the bot has written it."""


class DatabaseLocked(DatabaseUnusable):
    """Another program holds it."""


class DatabaseUnreachable(DatabaseUnusable):
    """Its file, its folder or its server cannot be used."""


class ChangeNotKept(DatabaseError):
    """The change applies until the bot stops, but could not be written."""


class InvalidSetting(DatabaseError, ValueError):
    """A guild's setting has no such name or may not have the value.

    ``name`` is the setting, ``allowed`` what may be given: its values, or the names of all.
    """

    def __init__(self, name: str, text: str, allowed: str) -> None:
        super().__init__(text)
        self.name = name
        self.allowed = allowed
