"""The address of a speech server, as people write it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """``root`` is what every path of the server is appended to; it may hold a login."""

    root: str

    @classmethod
    def parse(cls, url: str) -> Endpoint:
        """From ``http://host``, ``http://host/v1`` or ``http://host/v1/audio/speech``."""
        root = url.strip().rstrip("/")
        for ending in ("/audio/speech", "/v1"):
            root = root.removesuffix(ending).rstrip("/")
        return cls(root)

    @property
    def speech(self) -> str:
        return self.root + "/v1/audio/speech"

    @property
    def voices(self) -> str:
        return self.root + "/v1/audio/voices"

    @property
    def probes(self) -> tuple[str, ...]:
        """What to ask whether the server is up, the cheapest question first."""
        return self.root + "/health", self.root + "/v1/models", self.voices

    @property
    def shown(self) -> str:
        """Scheme, host and port for messages, without any login."""
        parts = urlsplit(self.root)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")

    @property
    def is_loopback(self) -> bool:
        return urlsplit(self.root).hostname in _LOOPBACK

    @property
    def is_encrypted(self) -> bool:
        return self.root.startswith("https:")
