"""The conversation as lines of text, one for each event, on a terminal or not."""

from __future__ import annotations

import time
from typing import Final

from rich.console import Console
from rich.markup import escape

from pipeline.events import (
    AgentSwitched,
    HearingReplaced,
    ReplyBegan,
    ReplyDucked,
    ReplyEnded,
    ReplyFailed,
    ReplyResumed,
    RoomEvent,
    TextLeftOut,
    TurnDecided,
    TurnRejected,
    Unspoken,
    VoiceReplaced,
)
from pipeline.latency import TOTAL

REASONS: Final = 3
"""Number of a decision's reasons that are shown, the strongest first."""


class Timeline:
    """Prints speech and the bot's events, with the seconds since the start."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._begun = time.monotonic()

    def scene(self, title: str) -> None:
        self._console.print(f"\n[bold]{escape(title)}[/bold]", highlight=False)

    def say(self, who: str, what: str, style: str = "cyan") -> None:
        """Print a line: a member or agent does or says something."""
        self._line(who, what, style)

    def note(self, what: str) -> None:
        """Print an indented note on the line before."""
        self._line("", what, "dim")

    def observe(self, event: RoomEvent) -> None:
        """Print an event of the pipeline."""
        match event:
            case TurnDecided(speaker, text, addressed, reasons):
                verdict = "answers" if addressed else "stays silent"
                why = "; ".join(reasons[:REASONS])
                self.note(f"bot heard {speaker.name}: “{text}” - {verdict}: {why}")
            case TurnRejected(speaker, why):
                self.note(f"bot did not understand {speaker.name}: {why}")
            case ReplyBegan(agent, _, latency):
                total = latency.stages_ms().get(TOTAL, 0.0)
                self._line(agent.title(), f"begins to speak, {total:.0f} ms after", "green")
            case ReplyDucked(held=True):
                self.note("bot falls silent: a member speaks over it")
            case ReplyDucked():
                self.note("bot goes quiet")
            case ReplyResumed():
                self.note("bot continues: that was not for it")
            case ReplyEnded(agent, _, _, heard, interrupted):
                how = "was interrupted after" if interrupted else "said"
                self._line(agent.title(), f"{how} “{heard}”", "green")
            case AgentSwitched(agent, speaker):
                self.note(f"{speaker.name} asked for {agent.title()}, who answers from now on")
            case TextLeftOut(agent, text):
                self._line(agent.title(), f"leaves to be read: “{text}”", "green")
            case Unspoken(agent, text, why):
                self._line(agent.title(), f"could not say “{text}”: {why}", "red")
            case HearingReplaced(reason, deaf=deaf):
                instead = "nothing is understood" if deaf else "the bot's own model transcribes"
                self._line("", f"{reason}: {instead}", "red")
            case VoiceReplaced(agent, reason):
                self._line(agent.title(), f"speaks with a stand-in voice: {reason}", "red")
            case ReplyFailed(agent, _, why, notice):
                self._line(agent.title(), f"failed: {why}; told: “{notice}”", "red")
            case _:
                pass

    def _line(self, who: str, what: str, style: str) -> None:
        seconds = time.monotonic() - self._begun
        name = f"[{style}]{who:>7}[/{style}]" if who else " " * 7
        # Speech may contain brackets, which rich would take for markup.
        self._console.print(
            f"{seconds:6.1f} s  {name}  {escape(what)}", highlight=False, soft_wrap=True
        )
