"""Letters and digits of another style as the usual ones: "𝓜𝓪𝔁", "Ⓜⓐⓧ" and "Ｍａｘ" as "Max".

Members decorate their names with them, and agents use them for bold text. A voice reads them by
their numbers in Unicode, and no word is like them.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

_STYLED: Final = re.compile(
    r"[\u02b0-\u02b8\u02e0-\u02e4\u1d2c-\u1d6a\u1d9b-\u1dbf\u2102-\u214f\u2460-\u2468\u24b6-\u24e9"
    r"\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7ff\U0001f130-\U0001f149]"
)


def usual_letters(text: str) -> str:
    """The text with usual letters and digits; signs of several letters (™) stay."""
    return _STYLED.sub(lambda found: _usual(found[0]), text)


@cache
def _usual(letter: str) -> str:
    usual = unicodedata.normalize("NFKC", letter)
    return usual if len(usual) == 1 and usual.isalnum() else letter
