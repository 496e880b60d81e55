"""The health check of the image: is the process of this container alive?

Asks the bot's ``/healthz`` and the speech server's ``/health``, whichever listens. Needs the
standard library alone, and ends within a few seconds.
"""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request

TIMEOUT_S = 2.0


def addresses() -> list[str]:
    """Where the processes of the image listen, by the variables of the settings."""
    pages = os.environ.get("WEB__PORT", "8091")
    speech = os.environ.get("SERVER_PORT", os.environ.get("SERVER__PORT", "8090"))
    return [f"http://127.0.0.1:{pages}/healthz", f"http://127.0.0.1:{speech}/health"]


def is_alive(url: str) -> bool:
    """Whether an HTTP server answers there, with any status below 500."""
    try:
        # Without the proxies of the environment: it asks its own container.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=TIMEOUT_S):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if any(map(is_alive, addresses())) else 1)
