"""The pages in a real browser, which hears a recording as its microphone.

What is between the recording and the answer is the bot's own: the page, its WebSocket, voice
activity, Whisper, the Gateway's protocol, and speech.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest
import pytest_asyncio
from playwright.async_api import (
    Browser,
    ConsoleMessage,
    Page,
    WebSocket,
    async_playwright,
    expect,
)
from pydantic import SecretStr

from app.services import services
from app.web_pages import BotStatus, web_pages
from openclaw_client import OpenClawConfig
from pipeline.audio import SPOKEN_RATE
from pipeline.inference.speech_models import SpeechModels
from pipeline.ports import Voice
from server.synthesis.client import HttpSynthesizer
from settings import Settings
from simulators.gateway import GatewaySimulator
from testing.chromium import MISSING, chromium_path, start_options, write_microphone
from testing.harness import GATEWAY_TOKEN
from tests.web.pages import ShownBot, TalkParts, fake_talk_rooms
from web.app import create_web_app
from web.runner import WebServer
from web.settings import WebSettings

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio(loop_scope="session")]

ANN: Voice = Voice("espeak:en-us+f4")
STORY, STOP = "Sage, tell me a story.", "Sage, stop."
BROKEN_DECODER = """() => {
  window.AudioDecoder = class {
    static isConfigSupported = async () => ({ supported: true });
    constructor({ error }) { this.fail = error; }
    configure() { this.state = "configured"; }
    decode() { this.close(); this.fail(new DOMException("it broke", "EncodingError")); }
    close() { this.state = "closed"; }
  };
}"""
BEGINS = "Once upon a time there was a village by the sea."
LOUD = 0.01
KEEP_LIVE_WORDS = """() => {
  window.live = [];
  const [state, live] = ["state", "live"].map((id) => document.getElementById(id));
  const keep = () => window.live.push([state.textContent, live.textContent]);
  new MutationObserver(keep).observe(live, { childList: true, subtree: true });
}"""
PATIENCE_MS = 20_000
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def chromium() -> str:
    """The browser. Without one the tests are skipped, but not on CI."""
    found = chromium_path()
    if found is None:
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browser(
    chromium: str, speech_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Browser]:
    """Its microphone hears Ann ask for a story, and stop it four seconds later."""
    recording = tmp_path_factory.mktemp("microphone") / "ann.wav"
    pause = np.zeros(SPOKEN_RATE, np.int16)
    async with HttpSynthesizer(Settings().tts, url=speech_url) as voices:
        ask, stop = [
            np.concatenate([pcm async for pcm in voices.speak(text, ANN)]) for text in (STORY, STOP)
        ]
    write_microphone(recording, np.concatenate([pause, ask, *[pause] * 4, stop, *[pause] * 9]))
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=chromium, args=start_options(recording)
        )
        yield started
        await started.close()


class Pages:
    """The pages of a bot without Discord, and browsers' windows on them."""

    def __init__(self, browser: Browser, bot: BotStatus) -> None:
        self.bot = bot
        self._browser = browser
        self.faults: list[str] = []

    async def open(self, path: str) -> Page:
        """Another person's browser: no window shares anything with another."""
        page = await (await self._browser.new_context()).new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._said)
        await page.goto(f"{self.bot.url}{path}")
        return page

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.faults.append(message.text)

    async def enter(self, name: str, how: str, path: str = "/talk") -> Page:
        page = await self.open(path)
        await page.get_by_label("Your name").fill(name)
        await page.get_by_role("button", name=how).click()
        await expect(page.locator("#state")).to_have_text("Ready" if "type" in how else "Listening")
        return page


async def test_a_browser_logs_in_and_out(browser: Browser) -> None:
    settings = WebSettings(port=0, password=SecretStr("correct horse"))
    app = create_web_app(settings, ShownBot(), fake_talk_rooms(TalkParts()))
    async with WebServer(settings, app) as server:
        page = await (await browser.new_context()).new_page()
        await page.goto(f"{server.url}/")
        await expect(page.locator("#no-rooms")).to_contain_text("Log in to see")
        await page.goto(f"{server.url}/talk")
        for password in ("wrong one", "correct horse"):
            await page.get_by_label("Password").fill(password)
            await page.get_by_role("button", name="Log in").click()
            if password == "wrong one":
                await expect(page.get_by_role("alert")).to_have_text("The password is wrong.")
        await expect(page).to_have_title("Talk – openclaw-voice")
        await page.get_by_role("link", name="Status").click()
        await expect(page.locator(".room")).to_contain_text("What about the salary?")
        await page.get_by_role("button", name="Log out").click()
        await expect(page).to_have_title("Log in – openclaw-voice")
        await page.context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def pages(browser: Browser, models: SpeechModels, speech_url: str) -> AsyncIterator[Pages]:
    async with opened_pages(browser, models, speech_url) as opened:
        yield opened
        assert opened.faults == []


@asynccontextmanager
async def opened_pages(
    browser: Browser, models: SpeechModels, speech_url: str
) -> AsyncIterator[Pages]:
    async with GatewaySimulator(token=GATEWAY_TOKEN) as gateway:
        base = Settings()
        openclaw = {"base_url": gateway.url, "auth_token": GATEWAY_TOKEN}
        settings = base.model_copy(
            update={
                "openclaw": OpenClawConfig.model_validate(openclaw),
                "tts": base.tts.model_copy(update={"url": speech_url, "stand_in": False}),
                "web": WebSettings(port=0),
            }
        )
        async with (
            services(settings, models=models) as shared,
            web_pages(shared, discord=False, required=True) as bot,
        ):
            shown = Pages(browser, bot)
            yield shown
            for context in browser.contexts:
                await context.close()


class Traffic:
    """The binary messages of a page's WebSocket: how long each was."""

    def __init__(self, page: Page) -> None:
        self.sent: list[int] = []
        self.received: list[int] = []
        page.on("websocket", self._follow)

    def _follow(self, socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: self._count(self.sent, frame))
        socket.on("framereceived", lambda frame: self._count(self.received, frame))

    def _count(self, lengths: list[int], frame: bytes | str) -> None:
        if isinstance(frame, bytes):
            lengths.append(len(frame))


async def loudness(page: Page) -> list[float]:
    """The level of what the page plays, 0..1, one value for 100 ms."""
    heard: list[float] = await page.evaluate("window.heard.map((each) => each.rms)")
    return heard


async def test_words_appear_a_voice_answers_and_a_word_stops_it(pages: Pages) -> None:
    ann = await pages.open("/talk")
    await ann.evaluate(KEEP_LIVE_WORDS)
    traffic = Traffic(ann)
    await ann.get_by_label("Your name").fill("Ann")
    await ann.get_by_role("button", name="Enter and speak").click()
    entries = ann.locator("#entries")
    await expect(entries).to_contain_text(STORY)
    live = await ann.evaluate("window.live")
    assert any("You are heard" in state and "story" in words for state, words in live), live
    await expect(entries).to_contain_text(BEGINS)
    await expect(ann.locator("#state")).to_have_text("Sage is speaking")
    await expect(entries).to_contain_text("was interrupted")
    assert sum(level > LOUD for level in await loudness(ann)) >= 15
    await asyncio.sleep(1.0)
    assert max((await loudness(ann))[-4:]) < LOUD
    await entries.get_by_text("why, and where").first.click()
    await expect(entries.locator(".stages").first).to_contain_text("agent's first words")
    await expect(entries.locator(".reasons").first).to_contain_text("it calls sage")
    assert len(traffic.sent) > 100
    assert max(traffic.sent) < 400, "that is Opus"
    assert max(traffic.received) < 400, "that is Opus"


async def test_two_browsers_are_two_people_who_hear_the_same_answer(pages: Pages) -> None:
    ann = await pages.enter("Ann", "Enter and type", "/talk?audio=pcm")
    ben = await pages.enter("Ben", "Enter and type")
    assert [visitor.audio.hears for visitor in pages.bot.talk_rooms[0].visitors] == ["pcm", "opus"]
    await expect(ann.locator("#people")).to_have_text("Ann (you)Ben")
    await ben.get_by_label("Type to the agent").fill("Jarvis, what time is it?")
    await ben.keyboard.press("Enter")
    for page in (ann, ben):
        said = page.locator(".entry.said")
        await expect(said).to_contain_text("Ben")
        await expect(page.locator(".entry.reply")).to_contain_text("It is half past seven, sir.")
        await expect(page.locator("body")).to_have_attribute("data-sound", "on")
    for page in (ann, ben):
        await expect(page.locator(".entry.reply header")).to_have_text("Jarvis")
        await expect(page.locator("body")).to_have_attribute("data-sound", "off")
    as_samples, as_opus = [
        sum(level > LOUD for level in await loudness(page)) for page in (ann, ben)
    ]
    assert as_opus >= 0.75 * as_samples > 0
    await ann.locator("#agent").select_option("sage")
    await expect(ben.locator("#agent")).to_have_value("sage")
    status = await pages.open("/")
    await expect(status.locator("#summary")).to_have_text("Everything works")
    room = status.locator(".room")
    for shown in ("lobby", "Ann, Ben", "Sage", "Jarvis, what time is it?", "called by name"):
        await expect(room).to_contain_text(shown)
    await ben.close()
    await expect(ann.locator("#people")).to_have_text("Ann (you)")
    await expect(room).not_to_contain_text("Ann, Ben")


@pytest.mark.parametrize("decoder", ["delete window.AudioDecoder", BROKEN_DECODER])
async def test_a_browser_whose_decoder_is_missing_or_fails_hears_samples(
    pages: Pages, decoder: str
) -> None:
    ann = await pages.open("/talk")
    await ann.evaluate(decoder)
    received = Traffic(ann).received
    await ann.get_by_label("Your name").fill("Ann")
    await ann.get_by_role("button", name="Enter and type").click()
    await expect(ann.locator("#state")).to_have_text("Ready")
    await ann.get_by_label("Type to the agent").fill(STORY)
    await ann.keyboard.press("Enter")
    await expect(ann.locator(".entry.reply")).to_contain_text(BEGINS)
    await expect(ann.locator("body")).to_have_attribute("data-sound", "on")
    (visitor,) = pages.bot.talk_rooms[0].visitors
    assert visitor.audio.hears == "pcm"
    assert received[-1] == 1_920, "those are samples"


async def test_the_end_of_an_answer_is_heard_though_it_does_not_fill_the_reserve(
    pages: Pages,
) -> None:
    page = await pages.open("/talk")
    await page.evaluate(
        """async () => {
          const { Loudspeaker } = await import("/static/audio.js");
          const loudspeaker = new Loudspeaker((rms) => {
            if (rms > 0.01) document.body.dataset.sound = "on";
          });
          await loudspeaker.start(48000);
          loudspeaker.play(new Int16Array(1920).fill(8000).buffer);
        }"""
    )
    await expect(page.locator("body")).to_have_attribute("data-sound", "on")


async def test_push_to_talk_sends_sound_only_while_it_is_held(pages: Pages) -> None:
    ann = await pages.open("/talk")
    # A browser without WebCodecs sends samples.
    await ann.evaluate("delete window.AudioEncoder; delete window.AudioDecoder")
    sent = Traffic(ann).sent
    await ann.get_by_label("Your name").fill("Ann")
    await ann.get_by_role("button", name="Enter and speak").click()
    await ann.get_by_label("push to talk").check()
    await expect(ann.locator("#press")).to_have_text("Hold to speak")
    before = len(sent)
    await asyncio.sleep(0.4)
    assert len(sent) <= before + 2
    await ann.locator("#conversation").focus()
    await ann.keyboard.down("Space")
    await expect(ann.locator("#press")).to_have_text("Speak now")
    await asyncio.sleep(0.4)
    await ann.keyboard.up("Space")
    await expect(ann.locator("#press")).to_have_text("Hold to speak")
    assert len(sent) >= before + 8
    after = len(sent)
    await asyncio.sleep(0.4)
    assert len(sent) <= after + 2
    assert set(sent) <= {2 * 882, 2 * 960}, "20 ms at 44.1 or 48 kHz"


async def test_a_page_that_lost_its_connection_comes_back_by_itself(pages: Pages) -> None:
    ann = await pages.enter("Ann", "Enter and type")
    await ann.get_by_label("Type to the agent").fill("Jarvis, what time is it?")
    await ann.keyboard.press("Enter")
    await expect(ann.locator(".entry.reply")).to_contain_text("It is half past seven, sir.")
    (room,) = pages.bot.talk_rooms
    (visitor,) = room.visitors
    visitor.outbox.overflowed.set()
    await expect(ann.locator("#state")).to_have_text("Connection lost; trying again")
    await expect(ann.locator("#state")).to_have_text("Ready")
    assert [each.speaker.name for each in room.visitors] == ["Ann"]
    await expect(ann.locator(".entry")).to_have_count(2)


async def test_a_closed_microphone_stays_closed_when_the_connection_comes_back(
    pages: Pages,
) -> None:
    ann = await pages.enter("Ann", "Enter and speak")
    press = ann.locator("#press")
    await press.click()
    await expect(press).to_have_text("Microphone off")
    (visitor,) = pages.bot.talk_rooms[0].visitors
    visitor.outbox.overflowed.set()
    await expect(ann.locator("#state")).to_have_text("Connection lost; trying again")
    await expect(ann.locator("#state")).to_have_text("Ready")
    await expect(press).to_have_text("Microphone off")


async def test_who_typed_before_can_speak_after_entering_again(pages: Pages) -> None:
    ann = await pages.enter("Ann", "Enter and type")
    await ann.get_by_role("button", name="Leave the room").click()
    await ann.get_by_role("button", name="Enter and speak").click()
    await expect(ann.locator("#state")).to_have_text("Listening")
    await ann.locator("#press").click()
    await expect(ann.locator("#press")).to_have_text("Microphone off")


async def test_a_phone_shows_all_of_it_with_large_buttons(pages: Pages) -> None:
    ann = await pages.enter("Ann", "Enter and type")
    await ann.set_viewport_size({"width": 360, "height": 640})
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not await ann.evaluate(wide)
    buttons = ann.locator("button:visible, .top nav a:visible")
    # In one call: a button may be hidden between two.
    heights = await buttons.evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().height)"
    )
    assert len(heights) > 3
    assert min(heights) >= 44
    status = await pages.open("/")
    await status.set_viewport_size({"width": 360, "height": 640})
    await expect(status.locator(".room")).to_contain_text("Ann")
    assert not await status.evaluate(wide)
