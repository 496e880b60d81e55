"""The errors of speech on several machines."""

from __future__ import annotations

from server.errors import ServerError


class ClusterUnavailable(ServerError):
    """Ray is not installed, does not start, or its processes do not; the text has what to do."""


class ProcessesLost(ServerError):
    """All processes that tried one piece of work were lost; the text says how many."""
