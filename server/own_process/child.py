"""The process of the bot's speech server: ``python -m server.own_process.child``.

Only `SpeechProcess` starts it. It ends when its standard input does, so that it cannot outlive the
bot, however that ends.
"""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import IO

from logs import set_up_logging
from monitoring.http_metrics import instrument
from monitoring.process_metrics import new_registry
from server.engines.choice import open_voices
from server.errors import ServerError
from server.own_process.messages import ServerOrders, ServerReport
from server.runner import EmbeddedServer


def main() -> int:
    """Serve until the bot closes the pipe; the process's exit status."""
    # Ctrl-C and systemd signal the whole group; the bot ends its server itself.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    # numpy's BLAS would start a thread on every core for arrays of a few hundred samples.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    pipe = sys.stdin.buffer
    orders = ServerOrders.model_validate_json(pipe.readline())
    set_up_logging(orders.log_level, form=orders.log_form)
    return asyncio.run(_serve(orders, pipe))


async def _serve(orders: ServerOrders, pipe: IO[bytes]) -> int:
    gone = asyncio.Event()
    _watch(pipe, partial(asyncio.get_running_loop().call_soon_threadsafe, gone.set))
    server = EmbeddedServer(
        orders.server,
        make_engine=partial(
            open_voices, orders.server, orders.models, stock=orders.stock, wait=orders.wait
        ),
        own_key=orders.own_key,
        listener=_socket(orders.listener),
        prepare=partial(instrument, registry=new_registry()),
    )
    try:
        async with server:
            _report(ServerReport(engine=server.engine, voices=server.voices))
            await gone.wait()
    except ServerError as error:
        _report(ServerReport(error=str(error)))
        return 1
    return 0


def _socket(shared: str) -> socket.socket:
    if sys.platform == "win32":
        return socket.fromshare(base64.b64decode(shared))
    return socket.socket(fileno=int(shared))


def _watch(pipe: IO[bytes], gone: Callable[[], object]) -> None:
    def wait() -> None:
        while pipe.read(1024):
            pass
        gone()

    # A daemon: its read cannot be cancelled.
    threading.Thread(target=wait, name="bot's pipe", daemon=True).start()


def _report(report: ServerReport) -> None:
    sys.stdout.write(report.model_dump_json() + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    # Loading models may hold the interpreter; what is left at the end is not worth a wait.
    status = main()
    sys.stdout.flush()
    os._exit(status)
