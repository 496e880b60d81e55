"""``python -m demo.pictures.nodes``: pictures of the page of nodes.

The fleet is on a simulated Gateway: two bots, a box with four GPUs, one of them too hot, a box that
is away, one that is not approved, and a companion; a control plane knows three of them
(testing/fleet_stage.py).
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from playwright.async_api import async_playwright, expect

from demo.pictures.pages import opened_page, page_shots, write_pictures
from testing.chromium import MISSING, chromium_path
from testing.fleet_stage import fleet_on_stage, fleet_page, plane_on_stage

COULD_NOT_BEGIN: Final = 2


def main(argv: Sequence[str] | None = None) -> int:
    """Write a PNG of each size and scheme: 0, or 2 if there is no browser."""
    parser = argparse.ArgumentParser(prog="python -m demo.pictures.nodes", description=__doc__)
    parser.add_argument("--output", type=Path, default=Path("docs/pictures"), metavar="FOLDER")
    arguments = parser.parse_args(argv)
    chromium = chromium_path()
    if chromium is None:
        print(MISSING, file=sys.stderr)
        return COULD_NOT_BEGIN
    asyncio.run(_pictures(chromium, arguments.output))
    return 0


async def _pictures(chromium: str, output: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            fleet_on_stage(Path(folder)) as stage,
            plane_on_stage(Path(folder)) as plane,
            fleet_page(stage, plane=plane) as url,
            async_playwright() as playwright,
        ):
            browser = await playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox"]
            )
            page = await opened_page(browser, f"{url}/nodes")
            await expect(page.get_by_text("4x H100, 320 GB", exact=True)).to_be_visible()
            await expect(page.locator("#alerts li")).to_have_count(1)
            await expect(page.get_by_text("configuration 1, desired 2")).to_have_count(2)
            await page.locator("#nodes details").first.evaluate("each => { each.open = true; }")
            shots = await page_shots("page-nodes", page)
            await browser.close()
    await asyncio.to_thread(write_pictures, shots, output)


if __name__ == "__main__":
    sys.exit(main())
