"""The speech of the bot's fixed sentences, kept in memory: they need no request.

A room says "One moment, please." where every tenth of a second counts, in the voice that the agent
has at that time. So the speech is kept for each server and voice.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from typing import TypeAlias

import numpy as np

from pipeline.audio import Pcm16
from pipeline.ports import Voice

StockKey: TypeAlias = tuple[str, Voice, str]
"""The server's address, the voice, the sentence."""


class StockSpeech:
    """Keeps ``texts`` as 48 kHz mono ``int16[n]``, at most ``limit_bytes`` of them.

    Beyond it, the speech that was not used for the longest time is dropped.
    """

    def __init__(self, texts: Collection[str] = (), limit_bytes: int = 0) -> None:
        self.texts = tuple(dict.fromkeys(texts))
        self._wanted = frozenset(self.texts) if limit_bytes > 0 else frozenset[str]()
        self._limit = limit_bytes
        self._kept: OrderedDict[StockKey, Pcm16] = OrderedDict()
        self._bytes = 0

    @property
    def size_bytes(self) -> int:
        """The size of the speech that is kept."""
        return self._bytes

    def wants(self, key: StockKey) -> bool:
        """Whether the speech of this sentence is to be kept."""
        return key[2] in self._wanted

    def find(self, key: StockKey) -> Pcm16 | None:
        """The whole speech of a sentence; None if it is not kept."""
        if (found := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: StockKey, parts: Collection[Pcm16]) -> None:
        """Keep the speech of a sentence, given in ``parts``."""
        whole = np.concatenate([*parts, np.empty(0, np.int16)])
        if not self.wants(key) or not whole.size or whole.nbytes > self._limit:
            return
        if (old := self._kept.pop(key, None)) is not None:
            self._bytes -= old.nbytes
        self._kept[key] = whole
        self._bytes += whole.nbytes
        while self._bytes > self._limit:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= dropped.nbytes
