"""Errors of the desired configurations of bots.

DesiredStateError            the text says what happened and what to do
├── UnknownBot               the control plane has no such bot
├── BotExists                it has one of that id already
├── UnknownVersion           that version is not kept, or there is none
├── StaleVersion             another version was stored since the operator read it
├── NameUnusable             the id of a bot, or the name of an operator, is not one, or is taken
└── CipherUnusable           the keys that encrypt the versions cannot be used, or do not fit
"""

from __future__ import annotations


class DesiredStateError(Exception):
    """A request about the desired configuration of a bot cannot be met."""


class UnknownBot(DesiredStateError):
    """The control plane has no such bot."""


class BotExists(DesiredStateError):
    """The control plane has a bot of that id already."""


class UnknownVersion(DesiredStateError):
    """That version is not kept, or there is none."""


class StaleVersion(DesiredStateError):
    """Another version was stored since the operator read it."""


class NameUnusable(DesiredStateError):
    """The id of a bot or the name of an operator is not one, or it is taken."""


class CipherUnusable(DesiredStateError):
    """The keys that encrypt the versions cannot be used, or do not fit them."""
