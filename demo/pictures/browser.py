"""Takes pictures of pages with a headless Chromium, over its DevTools protocol.

Source: https://chromedevtools.github.io/devtools-protocol/ (Page, Runtime).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp

from testing.chromium import chromium_path

_START_S: Final = 30.0
_ANSWER_S: Final = 20.0
_MOST_BYTES: Final = 64 * 1024 * 1024
_LISTENS: Final = re.compile(rb"DevTools listening on ws://([\d.]+:\d+)/")
# Page.setDocumentContent runs no scripts.
_RECTANGLE: Final = """
document.querySelectorAll("script").forEach((each) => new Function(each.textContent)());
document.fonts.ready.then(() => {
  const {width, height} = document.getElementById("shot").getBoundingClientRect();
  return {width, height: Math.ceil(height)};
})"""


class BrowserError(Exception):
    """Chromium is missing, did not start, or refused a command; the text says what to do."""


class Browser:
    """One page of a running Chromium."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._ids = itertools.count(1)

    async def picture(self, document: str, *, scale: float = 1.0) -> bytes:
        """A PNG of the element ``#shot`` of an HTML document.

        Raises:
            BrowserError: the browser did not take it.
        """
        frame = (await self._ask("Page.getFrameTree"))["frameTree"]["frame"]["id"]
        await self._ask("Page.setDocumentContent", frameId=frame, html=document)
        measured = await self._ask(
            "Runtime.evaluate", expression=_RECTANGLE, awaitPromise=True, returnByValue=True
        )
        size = measured["result"].get("value")
        if size is None:
            raise BrowserError("the page has nothing to take a picture of")
        clip = {"x": 0, "y": 0, **size, "scale": scale}
        shot = await self._ask(
            "Page.captureScreenshot", format="png", clip=clip, captureBeyondViewport=True
        )
        return base64.b64decode(shot["data"])

    async def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        asked = next(self._ids)
        try:
            async with asyncio.timeout(_ANSWER_S):
                await self._socket.send_json({"id": asked, "method": method, "params": parameters})
                while True:
                    answer = await self._socket.receive_json()
                    if answer.get("id") == asked:
                        break
        except (TimeoutError, TypeError, aiohttp.ClientError) as error:
            raise BrowserError(f"Chromium did not answer {method}: {error!r}") from error
        if "error" in answer:
            raise BrowserError(f"Chromium refused {method}: {answer['error'].get('message')}")
        result: dict[str, Any] = answer["result"]
        return result


@asynccontextmanager
async def browser(program: str | None = None) -> AsyncIterator[Browser]:
    """Start Chromium on an empty page, and end it afterwards.

    Raises:
        BrowserError: there is none, or it did not start.
    """
    found = program or chromium_path()
    if found is None:
        raise BrowserError(
            "The pictures are taken with Chromium, and none was found. Install it (Debian and "
            "Ubuntu: apt install chromium), or name one: --chromium PATH."
        )
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = await _started(found, Path(profile))
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.ws_connect(
                    await _page_address(process, session), max_msg_size=_MOST_BYTES
                ) as socket,
            ):
                yield Browser(socket)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


async def _started(program: str, profile: Path) -> asyncio.subprocess.Process:
    try:
        # Without a sandbox because root has none; the pages are the project's own.
        return await asyncio.create_subprocess_exec(
            program,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--disable-lcd-text",
            "--no-first-run",
            "--remote-debugging-port=0",
            f"--user-data-dir={profile}",
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        raise BrowserError(f"{program} did not start: {error}") from error


async def _page_address(process: asyncio.subprocess.Process, session: aiohttp.ClientSession) -> str:
    assert process.stderr is not None
    said = b""
    try:
        async with asyncio.timeout(_START_S):
            while (found := _LISTENS.search(said)) is None:
                line = await process.stderr.readline()
                if not line:
                    raise BrowserError(f"Chromium ended at once: {said.decode(errors='replace')}")
                said += line
            url = f"http://{found[1].decode()}/json/list"
            while True:
                async with session.get(url) as answer:
                    targets = await answer.json()
                for target in targets:
                    if target["type"] == "page":
                        return str(target["webSocketDebuggerUrl"])
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise BrowserError(f"Chromium was not ready within {_START_S:g} s") from None
