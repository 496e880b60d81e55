"""``run.py demo``: run the scenario, check that all speech was heard, and report."""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from demo.page import page_settings, show_pages
from demo.scenario import DemoScenario, HeardAnswer, ScenarioReport
from demo.script import DemoScript
from demo.stage import choose_script, demo_call, demo_settings
from demo.timeline import Timeline
from models.cli import PlainConsole
from models.errors import ModelError
from models.store import ModelStore
from pipeline.audio import SPOKEN_RATE, Pcm16
from pipeline.errors import PipelineError
from pipeline.inference.devices import usable_settings, whisper_size
from pipeline.inference.whisper import Transcriber
from pipeline.latency import LatencyTable
from settings import Settings, load_settings
from testing.harness import ConversationHarness
from testing.transcription import missing, transcribe, word_errors, words
from web.errors import WebNotStarted

NOT_AS_EXPECTED: Final = 1
COULD_NOT_BEGIN: Final = 2
ABOUT: Final = """\
The real bot between a simulated Discord (REST, gateway, voice, UDP, end-to-end encryption) and a
simulated OpenClaw Gateway with two agents, all on this machine's loopback."""
LOST_SHARE: Final = 0.34
"""Share of the words of an answer that the real Whisper may mishear when it listens to the bot."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the demo: 0 if all speech was heard, 1 if not, 2 if it could not start.

    Raises:
        SettingsError: some settings are invalid; its text lists them.
    """
    arguments = _parse(argv)
    own = load_settings(arguments.config)
    logging.basicConfig(level=logging.ERROR, format="%(levelname)s %(name)s: %(message)s")
    console = PlainConsole(width=None if Console().is_terminal else 120)
    try:
        script = choose_script(console, own, fixture=arguments.fixture)
        settings = demo_settings(own, script)
        if arguments.page:
            return asyncio.run(
                show_pages(console, page_settings(own, settings, arguments.port), script)
            )
        return asyncio.run(
            _demo(console, settings, script, arguments.wav, dave=not arguments.no_dave)
        )
    except KeyboardInterrupt:
        return 0
    except (ModelError, PipelineError, WebNotStarted) as error:
        console.print(f"The demo could not begin: {error}", style="red", markup=False)
        return COULD_NOT_BEGIN


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="run.py demo", description=ABOUT, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument(
        "--wav",
        type=Path,
        default=Path(tempfile.gettempdir()) / "openclaw-voice-demo.wav",
        help="where to write the conversation (default: %(default)s)",
    )
    parser.add_argument(
        "--no-dave", action="store_true", help="a call without end-to-end encryption"
    )
    parser.add_argument(
        "--fixture",
        action="store_true",
        help="the fixture model and espeak-ng, which need no download",
    )
    parser.add_argument(
        "--page",
        action="store_true",
        help="talk with the agents yourself, in a browser, until Ctrl-C",
    )
    parser.add_argument(
        "--port",
        type=int,
        metavar="N",
        help="the port of that page (default: web.port of the settings, 8091)",
    )
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="read this instead of the config.yaml beside run.py",
    )
    return parser.parse_args(argv)


async def _demo(
    console: Console, settings: Settings, script: DemoScript, wav: Path, *, dave: bool
) -> int:
    console.print(f"{ABOUT}\n{script.about}", highlight=False)
    console.print("\n[bold]Setting up[/bold]")

    def progress(what: str) -> None:
        console.print(f"  {what}", highlight=False, markup=False)

    started = time.monotonic()
    async with demo_call(settings, script, console, progress, dave=dave) as harness:
        encryption = "with" if dave else "without"
        progress(f"Discord and Gateway: simulated on loopback, {encryption} end-to-end encryption")
        await _prepare_lines(harness, script, progress)
        begun = time.monotonic()
        timeline = Timeline(console)
        harness.bot.observers.append(timeline.observe)
        notes = await DemoScenario(harness, timeline, script).run()
        lasted = time.monotonic() - begun
    heard = await asyncio.to_thread(_listen_back, console, harness, script, notes)
    _report_misheard(console, notes)
    _report_latency(console, notes)
    _save(console, harness, wav)
    violations = [*harness.discord.violations, *harness.gateway.violations]
    faults = [*notes.faults, *heard, *violations]
    console.print()
    if faults:
        for fault in faults:
            console.print(f"NOT AS EXPECTED: {fault}", style="red", highlight=False, markup=False)
        return NOT_AS_EXPECTED
    total = time.monotonic() - started
    heard_all = "Everything that was said was heard"
    if notes.misheard:
        heard_all = f"Every question was answered, {len(notes.misheard)} with misheard words"
    console.print(
        f"{heard_all}: a call of {lasted:.0f} s, {total:.0f} s with everything. "
        "`make run` starts the bot on the real Discord.",
        style="bold green",
        highlight=False,
    )
    return 0


async def _prepare_lines(
    harness: ConversationHarness, script: DemoScript, progress: Callable[[str], None]
) -> None:
    """Synthesise the members' lines: people need no time to find their voices."""
    started = time.monotonic()
    for name, text in script.lines:
        await harness.speech(name, text)
    took = time.monotonic() - started
    progress(f"members' voices: {len(script.lines)} lines ready in {took:.1f} s")


def _listen_back(
    console: Console, harness: ConversationHarness, script: DemoScript, notes: ScenarioReport
) -> list[str]:
    """Transcribe the bot's audio as each member heard it; returns the missing sentences."""
    console.print("\n[bold]What the members heard, transcribed[/bold]")
    settings = harness.services.settings
    stt = usable_settings(settings.pipeline.stt)[0]
    transcriber = Transcriber(ModelStore(settings.models).whisper_path(whisper_size(stt)), stt)
    faults = []
    for answer in notes.answers:
        texts = transcribe(_audio_of(harness, answer), transcriber)
        lost = missing(answer.expected, texts) if script.exact else _misheard(answer, texts)
        if script.exact and answer.interrupted and not lost:
            # The fixture model cannot transcribe half a sentence: it would write another one.
            texts = [*answer.expected, "... and half a sentence"]
        shown = " ".join(texts) or "nothing"
        mark = "[red]no[/red] " if lost else "[green]yes[/green]"
        console.print(f"  {mark}  {answer.listener}: “{escape(shown)}”", highlight=False)
        faults += [f"{answer.listener} did not hear “{sentence}”" for sentence in lost]
    return faults


def _misheard(answer: HeardAnswer, texts: Sequence[str]) -> list[str]:
    """The whole answer if too many of its words were not heard, else nothing."""
    expected, heard = " ".join(answer.expected), " ".join(texts)
    errors = word_errors(expected, heard)
    if answer.interrupted:
        # More of it may have been heard, and after a hold some words are heard twice.
        same = SequenceMatcher(None, words(expected), words(heard), autojunk=False)
        errors = len(words(expected)) - sum(block.size for block in same.get_matching_blocks())
    return [expected] if errors > LOST_SHARE * len(words(expected)) else []


def _audio_of(harness: ConversationHarness, answer: HeardAnswer) -> Pcm16:
    frames = harness.person(answer.listener).hearing.timeline(answer.began)
    return frames[: int((answer.ended - answer.began + 0.1) * SPOKEN_RATE)]


def _report_misheard(console: Console, notes: ScenarioReport) -> None:
    """Print the words that the bot misheard and decided rightly about all the same."""
    for difference in notes.misheard:
        console.print(f"misheard: {difference}", style="yellow", highlight=False, markup=False)


def _report_latency(console: Console, notes: ScenarioReport) -> None:
    table = Table(title="Where the time went, ms", title_justify="left")
    table.add_column("stage")
    for column in ("turns", "median", "p95"):
        table.add_column(column, justify="right")
    for row in LatencyTable(notes.latencies).rows():
        table.add_row(row.stage, str(row.count), f"{row.median_ms:.0f}", f"{row.p95_ms:.0f}")
    console.print()
    console.print(table)
    if notes.at_the_socket_ms:
        console.print(
            "From a speaker's last sample to the first sound of the reply, both at the "
            f"simulated Discord: median {statistics.median(notes.at_the_socket_ms):.0f} ms, "
            f"worst {max(notes.at_the_socket_ms):.0f} ms, "
            f"{len(notes.at_the_socket_ms)} replies.",
            highlight=False,
        )


def _save(console: Console, harness: ConversationHarness, wav: Path) -> None:
    listener = harness.person("Alice").hearing
    first = listener.first_sound_at()
    if first is not None:
        harness.recording.add(first, listener.timeline(first))
    try:
        seconds = harness.recording.save(wav)
    except OSError as error:
        console.print(
            f"The recording could not be written to {wav}: {error}", style="yellow", markup=False
        )
        return
    console.print(f"The conversation, {seconds:.0f} s, to listen to: {wav}", highlight=False)
