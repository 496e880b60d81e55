"""Links that show one address and lead to another.

In a message of a bot Discord shows ``[https://bank.example](https://other.example)`` as the first
address alone. The words of an agent may hold such a link, for example from a page that it read.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

_CODE_OR_LINK: Final = re.compile(
    r"```.*?```|`[^`\n]*`"
    r"|\[(?P<label>[^\]\n]{1,300})\]\(<?(?P<address>https?://[^\s)>]{1,2000})>?"
    r"(?:[ \t]+\"[^\"\n]{0,300}\")?\)",
    re.DOTALL | re.IGNORECASE,
)
_ADDRESS: Final = re.compile(r"(?:https?://)?((?:[\w-]{1,63}\.){1,8}[a-z]{2,24})\b", re.IGNORECASE)


def show_addresses(text: str) -> str:
    """The text with both addresses written out where a link shows another one than its own."""
    return _CODE_OR_LINK.sub(_shown, text)


def _shown(found: re.Match[str]) -> str:
    label, address = found["label"], found["address"]
    if label is None:
        return found[0]
    try:
        host = (urlsplit(address).hostname or "").lower()
    except ValueError:
        host = ""
    shown = {each.lower() for each in _ADDRESS.findall(label)}
    return found[0] if shown <= {host} else f"{label} (<{address}>)"
