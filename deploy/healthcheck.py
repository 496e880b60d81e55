"""The health check of the image: is the process of this container alive?

    python3 deploy/healthcheck.py [bot] [speech]

Asks the bot's ``/healthz``, the speech server's ``/health``, or both: one answer is enough. Needs
the standard library alone, and ends within a few seconds.
"""

from __future__ import annotations

import os
import sys
import urllib.error
import urllib.request

TIMEOUT_S = 2.0


def addresses() -> dict[str, str]:
    """Where the processes of the image listen, by the variables of the settings."""
    variables = os.environ
    pages = variables.get("WEB__PORT") or "8091"
    speech = variables.get("SERVER_PORT") or variables.get("SERVER__PORT") or "8090"
    return {
        "bot": f"http://127.0.0.1:{pages}/healthz",
        "speech": f"http://127.0.0.1:{speech}/health",
    }


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
    asked = sys.argv[1:] or list(addresses())
    sys.exit(0 if any(is_alive(addresses()[name]) for name in asked) else 1)
