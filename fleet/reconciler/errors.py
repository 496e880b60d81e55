"""Errors of the reconciler.

ReconcilerError            the text says what happened and what to do
├── DesiredFileUnusable    the file of what the Gateway should be cannot be used
└── GatewayDisagrees       the Gateway refused the change; the text has its reasons
"""

from __future__ import annotations


class ReconcilerError(Exception):
    """The Gateway could not be made what the file says."""


class DesiredFileUnusable(ReconcilerError):
    """The file of what the Gateway should be cannot be used."""


class GatewayDisagrees(ReconcilerError):
    """The Gateway refused the change."""
