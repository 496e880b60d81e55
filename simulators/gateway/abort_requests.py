"""The texts that a Gateway takes for the command to abort, as OpenClaw 2026.9.6 was seen to.

Before it compares, the Gateway removes a leading ``[...]`` and what stands before a colon at the
beginning of a line: an envelope, and the name of a sender.
"""

from __future__ import annotations

import re
from typing import Final

ABORT_TEXTS: Final = (
    *("stop", "esc", "abort", "exit", "interrupt", "halt", "stopp", "anhalten", "pare"),
    *("arrete", "detente", "please stop", "stop please", "stop openclaw", "do not do that"),
)
"""A part of its list; all of these were tried, or stand in its documents."""
REPLY: Final = "⚙️ Agent was aborted."
_ENVELOPE: Final = re.compile(r"^(?:[ \t]*\[[^\]\n]+\][ \t]*)+")
_SENDER: Final = re.compile(r"^[ \t]*[^\n:]{1,120}:\s+", re.MULTILINE)
_END: Final = ".!?…,;:'\"”)]}"


def is_abort_request(message: str) -> bool:
    """Whether the whole message is a request to abort: it never reaches the agent."""
    return is_bare_abort(_SENDER.sub("", _ENVELOPE.sub("", message)))


def is_bare_abort(message: str) -> bool:
    """Whether it is one without an envelope: it is executed without a run of its own."""
    return " ".join(message.lower().split()).rstrip(_END).strip() in ("/stop", *ABORT_TEXTS)
