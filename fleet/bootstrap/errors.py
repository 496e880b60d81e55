"""Errors of installing a node over ssh."""

from __future__ import annotations

from openclaw_client.errors import OpenClawError


class BootstrapFailed(OpenClawError):
    """The machine was not made a node; the text says at which step, why, and what to do."""


class HostCommandFailed(BootstrapFailed):
    """A command on the machine failed, or the connection to it is lost."""
