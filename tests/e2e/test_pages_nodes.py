"""The page of nodes in a real browser, over a fleet of the program's own nodes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from fleet.overview.configurations import PlaneConfigurations
from testing.fleet_stage import NAMES, FleetStage, fleet_on_stage, fleet_page, plane_on_stage
from tests.e2e.test_pages import PATIENCE_MS, chromium

__all__ = ["chromium"]

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        await started.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[FleetStage]:
    async with fleet_on_stage(tmp_path_factory.mktemp("nodes")) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def plane(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[PlaneConfigurations]:
    async with plane_on_stage(tmp_path_factory.mktemp("plane")) as opened:
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def page(
    browser: Browser, stage: FleetStage, plane: PlaneConfigurations
) -> AsyncIterator[Page]:
    faults: list[str] = []

    def said(message: ConsoleMessage) -> None:
        if message.type == "error":
            faults.append(message.text)

    async with fleet_page(stage, plane=plane) as url:
        context = await browser.new_context()
        opened = await context.new_page()
        opened.set_default_timeout(PATIENCE_MS)
        opened.on("pageerror", lambda error: faults.append(str(error)))
        opened.on("console", said)
        await opened.goto(f"{url}/nodes")
        await expect(opened.locator("#nodes tr")).to_have_count(len(NAMES))
        yield opened
        await context.close()
    assert faults == []


async def test_every_node_is_a_row_with_what_it_is_does_and_needs(page: Page) -> None:
    expected = {
        "gpu-1": (
            "GPU box",
            "connected",
            "4x H100, 320 GB",
            "configuration 1, desired 2",
            "a restart is needed for fleet.sensors.interval_s",
        ),
        "harbour": (
            "bot",
            "connected",
            "The harbour, Living room",
            "jarvis · 2 people · 1 waiting",
            "configuration 1",
        ),
        "tavern": ("bot", "configuration 1, desired 2", "refused: no such card"),
        "nas": ("box", "offline", "last seen"),
        "attic": ("box", "not approved", "openclaw nodes"),
        "Ann's tablet": ("companion", "connected", "camera, canvas"),
    }
    for name, words in expected.items():
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=name))
        for each in words:
            await expect(row).to_contain_text(each)
    await expect(page.locator("#all-gpus")).to_have_text("GPUs in all: 4x H100, 320 GB")
    alert = page.locator("#alerts li")
    await expect(alert).to_contain_text("gpu-1: gpu3.temperature is at 91 C, above 85 C")
    await expect(alert).to_contain_text("high, since")
    await expect(page).to_have_title("⚠ Nodes – openclaw-voice")
    details = page.locator("#nodes details")
    await details.locator("summary").focus()
    await page.keyboard.press("Enter")
    await expect(details).to_contain_text("3: 37% busy, 64 of 80 GB used, 91 °C")


async def test_a_phone_shows_the_same_without_scrolling_sideways(page: Page) -> None:
    await page.set_viewport_size({"width": 360, "height": 640})
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        row = page.get_by_role("row").filter(has_text="gpu-1")
        await expect(row).to_contain_text("4x H100, 320 GB")
        assert not await page.evaluate(wide)
    heights = await page.locator(".top nav a:visible, summary:visible").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().height)"
    )
    assert min(heights) >= 44


async def test_an_approval_is_seen_without_a_reload(page: Page, stage: FleetStage) -> None:
    await expect(page.locator("#summary")).to_contain_text("1 not approved")
    stage.approve("attic")
    await expect(page.locator("#summary")).to_contain_text("6 nodes: 5 connected, 1 offline")
    row = page.get_by_role("row").filter(has_text="attic")
    await expect(row).not_to_contain_text("openclaw nodes")
