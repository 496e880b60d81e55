"""No system at all: what the feeding itself costs, which is taken off every other cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench.comparison.harness import Report, main
from bench.comparison.protocol import Job
from bench.comparison.word_client import Words


class Nothing:
    async def open(self, job: Job, report: Report) -> None: ...

    def hear(self, speaker: int, frame: int, pcm: Any) -> None: ...

    async def close(self) -> None: ...

    async def open_voice(self, speakers: int) -> None: ...

    async def detect_voice(self, steps: Iterator[list[Any]]) -> None:
        for _ in steps:
            pass

    def versions(self) -> dict[str, str]:
        return {}

    async def open_conversation(self, report: Report) -> None: ...

    async def reply(self) -> None: ...

    async def close_conversation(self) -> None: ...

    async def open_talk(self, speaker: int, job: Job, report: Report, words: Words) -> None: ...

    def hear_talk(self, pcm: Any) -> None: ...

    async def close_talk(self) -> None: ...


if __name__ == "__main__":
    main(Nothing())
