"""``python -m demo.pictures.pages``: pictures of the pages in the middle of a conversation.

Two people are in a room with the demo's agents: Ann speaks, by a recording in the place of her
microphone, and Ben types.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from playwright.async_api import Browser, Page, async_playwright, expect

from app.replay.voice import embedded_voice
from demo.page import demo_pages, page_settings
from demo.pictures.png import small_png
from demo.script import FIXTURE, DemoScript
from demo.stage import choose_script, demo_settings
from models.cli import PlainConsole
from models.errors import ModelError
from pipeline.audio import SPOKEN_RATE, Pcm16
from pipeline.errors import PipelineError
from pipeline.ports import Voice
from server.settings import ServerSettings
from settings import Settings, load_settings
from testing.chromium import MISSING, chromium_path, start_options, write_microphone
from web.errors import WebNotStarted

COULD_NOT_BEGIN: Final = 2
SIZES: Final = {"desktop": (1160, 760), "phone": (390, 780)}
SCHEMES: Final = ("light", "dark")
ASKED: Final = "Jarvis, what is the weather in London?"
ASIDE: Final = "Ann, I will be right back."
STORY: Final = "Sage, tell me a story."
_BEFORE_S: Final = 2.0
_BETWEEN_S: Final = 9.0
_PATIENCE_MS: Final = 40_000
_OPEN: Final = "each => { each.open = true; }"
_TO_THE_END: Final = """() => {
  const at = document.getElementById("conversation");
  if (at) at.scrollTop = at.scrollHeight;
}"""


def main(argv: Sequence[str] | None = None) -> int:
    """Hold the conversation and write a PNG of each page: 0, or 2 if it could not begin."""
    parser = argparse.ArgumentParser(prog="python -m demo.pictures.pages", description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("docs/pictures"), metavar="FOLDER")
    parser.add_argument("--fixture", action="store_true", help="models that need no download")
    arguments = parser.parse_args(argv)
    console, own = PlainConsole(), load_settings(None)
    chromium = chromium_path()
    if chromium is None:
        print(MISSING, file=sys.stderr)
        return COULD_NOT_BEGIN
    try:
        script = choose_script(console, own, fixture=arguments.fixture)
        settings = page_settings(own, demo_settings(own, script), 0)
        return asyncio.run(_pictures(chromium, settings, script, arguments.output))
    except (ModelError, PipelineError, WebNotStarted) as error:
        print(error, file=sys.stderr)
        return COULD_NOT_BEGIN


async def _pictures(chromium: str, settings: Settings, script: DemoScript, output: Path) -> int:
    expect.set_options(timeout=_PATIENCE_MS)
    with tempfile.TemporaryDirectory() as folder:
        recording = Path(folder) / "ann.wav"
        write_microphone(recording, await asyncio.to_thread(_spoken, settings, script))
        async with (
            demo_pages(settings, script, PlainConsole(), print) as url,
            async_playwright() as playwright,
        ):
            browser = await playwright.chromium.launch(
                executable_path=chromium, args=start_options(recording)
            )
            await _converse(browser, url, output)
            await browser.close()
    return 0


def _spoken(settings: Settings, script: DemoScript) -> Pcm16:
    """Ann's microphone: a question, and later another one."""
    if script is FIXTURE:
        settings = settings.model_copy(update={"server": ServerSettings(engine="espeak")})
    speak, voice = embedded_voice(settings), Voice(script.voices["Alice"])

    def silence(seconds: float) -> Pcm16:
        return np.zeros(round(seconds * SPOKEN_RATE), np.int16)

    return np.concatenate(
        [
            silence(_BEFORE_S),
            speak(ASKED, voice),
            silence(_BETWEEN_S),
            speak(STORY, voice),
            silence(60),
        ]
    )


async def _converse(browser: Browser, url: str, output: Path) -> None:
    ben = await _entered(browser, url, "Ben", "Enter and type")
    ann = await _entered(browser, url, "Ann", "Enter and speak")
    await expect(ann.locator(".entry.reply")).to_have_count(1)
    await ben.get_by_label("Type to the agent").fill(ASIDE)
    await ben.keyboard.press("Enter")
    await expect(ann.locator(".entry.reply")).to_have_count(2)
    await expect(ann.locator("#state")).to_have_text("Sage is speaking")
    await expect(ann.locator(".entry.reply").last).to_contain_text("Once upon a time")
    await ann.locator(".entry.said details").last.evaluate(_OPEN)
    shots = await page_shots("page-talk", ann)
    status = await opened_page(browser, f"{url}/")
    await status.locator(".turns details").first.evaluate(_OPEN)
    shots |= await page_shots("page-status", status)
    await asyncio.to_thread(write_pictures, shots, output)


async def page_shots(name: str, page: Page) -> dict[str, bytes]:
    """The page in each size and scheme."""
    shots = {}
    for size, (width, height) in SIZES.items():
        await page.set_viewport_size({"width": width, "height": height})
        await page.evaluate(_TO_THE_END)
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme)
            shots[f"{name}-{size}-{scheme}"] = await page.screenshot()
    return shots


def write_pictures(shots: Mapping[str, bytes], output: Path) -> None:
    """Write each picture as a small PNG, and print its size."""
    output.mkdir(parents=True, exist_ok=True)
    for name, shot in shots.items():
        target, picture = output / f"{name}.png", small_png(shot)
        target.write_bytes(picture)
        print(f"{target}: {len(picture) / 1000:.0f} kB")


async def _entered(browser: Browser, url: str, name: str, how: str) -> Page:
    page = await opened_page(browser, f"{url}/talk")
    await page.get_by_label("Your name").fill(name)
    await page.get_by_role("button", name=how).click()
    await expect(page.locator("#room")).to_be_visible()
    return page


async def opened_page(browser: Browser, address: str) -> Page:
    """A window of its own, as that of another person."""
    context = await browser.new_context(viewport={"width": 1160, "height": 760})
    page = await context.new_page()
    page.set_default_timeout(_PATIENCE_MS)
    await page.goto(address)
    return page


if __name__ == "__main__":
    sys.exit(main())
