"""The command line of the real Gateway.

python -m testing.real_gateway install    fetch Node and OpenClaw into the cache
python -m testing.real_gateway            start one, print its address and token, stop on Ctrl-C
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import suppress

from testing.real_gateway.errors import RealGatewayError
from testing.real_gateway.gateway import real_gateway
from testing.real_gateway.install import install


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


async def _run() -> None:
    async with real_gateway() as gateway:
        _say(f"{gateway.url}  token {gateway.token}  agents {', '.join(gateway.agents)}")
        _say(f"log {gateway.log}; Ctrl-C stops it")
        await asyncio.Event().wait()


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("command", nargs="?", choices=("install", "run"), default="run")
    chosen = parser.parse_args()
    try:
        install(say=_say)
        if chosen.command == "run":
            with suppress(KeyboardInterrupt):
                asyncio.run(_run())
    except RealGatewayError as error:
        _say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
