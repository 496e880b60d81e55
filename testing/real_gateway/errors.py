"""Errors of the real Gateway.

RealGatewayError
├── InstallFailed       npm could not fetch the packages
│   └── NpmMissing      there is no npm
├── GatewayNotReady     it ended at once, or accepts no clients in time
└── CommandFailed       an `openclaw` command ended in an error
"""

from __future__ import annotations


class RealGatewayError(Exception):
    """Base of everything this package raises on purpose."""


class InstallFailed(RealGatewayError):
    """npm could not fetch the packages."""


class NpmMissing(InstallFailed):
    """There is no npm on PATH."""


class GatewayNotReady(RealGatewayError):
    """The Gateway's process ended, or accepted no clients in time."""


class CommandFailed(RealGatewayError):
    """An ``openclaw`` command ended in an error."""
