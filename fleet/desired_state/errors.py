"""Errors of the bot's side of desired state.

PlaneError                 the text says what happened
├── PlaneUnreachable       no answer from the control plane
└── PlaneRefused           it refused a request; `status` and `code` say how
"""

from __future__ import annotations


class PlaneError(Exception):
    """The control plane did not do what the bot asked."""


class PlaneUnreachable(PlaneError):
    """No answer, or none that can be read."""


class PlaneRefused(PlaneError):
    """It refused a request."""

    def __init__(self, text: str, status: int, code: str) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
