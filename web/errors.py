"""The errors of the pages.

WebError
├── WebNotStarted      the server of the pages cannot listen
└── TalkRefused        a person cannot enter a room; the text is for that person
"""

from __future__ import annotations


class WebError(Exception):
    """The base of the package's errors."""


class WebNotStarted(WebError):
    """The server of the pages cannot listen; the text says where, why and what to do."""


class TalkRefused(WebError):
    """A person cannot enter a room, or sent what no page sends; the text is for that person."""
