"""The results as one picture. Needs matplotlib, of the dependency group ``bench``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl

from bench.comparison.results import AtCount, Results, SystemResult
from bench.comparison.talk_table import talk_labels

mpl.use("Agg")

from matplotlib import pyplot as plt

_STYLES: Final = (
    ("#0f7b6c", "o", "-"),
    ("#d1495b", "s", "-"),
    ("#3d5a98", "^", "-"),
    ("#d1495b", "s", ":"),
    ("#3d5a98", "^", ":"),
)
"""Colour, marker and line of each system: ours first; pinned like stock, but dotted."""
_TALK: Final = ("#0f7b6c", "#6b717b", "#d1495b", "#3d5a98")
"""Colours of the systems where turns end: ours, a fixed silence, Pipecat, LiveKit."""
_INK: Final = "#2b2f36"
_RC: Final[Any] = {
    "font.size": 9.5,
    "font.family": "DejaVu Sans",
    "text.color": _INK,
    "axes.edgecolor": "#b9bec6",
    "axes.labelcolor": _INK,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#e6e8ec",
    "xtick.color": _INK,
    "ytick.color": _INK,
    "svg.hashsalt": "comparison",
}


def draw(results: Results, file: Path) -> None:
    """Write the picture to ``file``: svg, png, or whatever its name ends with."""
    with mpl.rc_context(_RC):
        figure, axes = plt.subplots(2, 3, figsize=(12.5, 6.8), constrained_layout=True)
        _lines(axes[0, 0], results, "VAD: CPU per audio-second", "ms", lambda c: c.vad_cpu_ms)
        _lines(axes[0, 1], results, "VAD + turn: CPU per audio-second", "ms", lambda c: c.cpu_ms)
        _lines(axes[0, 2], results, "Verdict after VAD stop, p95", "ms", _lag)
        _lines(axes[1, 0], results, "Memory of the process", "MB", lambda c: c.memory_mb)
        _turns(axes[1, 1], results)
        _barge_in(axes[1, 2], results)
        handles, labels = axes[0, 0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=len(labels), frameon=False)
        figure.supxlabel(
            f"less is better everywhere · {results.machine} · {results.date[:10]}",
            fontsize=8.5,
            color="#6b717b",
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        metadata = {"Date": None} if file.suffix == ".svg" else None
        figure.savefig(file, metadata=metadata, dpi=150)
        plt.close(figure)


def _lag(count: AtCount) -> float | None:
    return None if count.after_stop_ms is None else count.after_stop_ms.p95


def _lines(
    axes: Any,
    results: Results,
    title: str,
    unit: str,
    value: Callable[[AtCount], float | None],
) -> None:
    """One line a system, over the number of speakers."""
    counts = sorted({count.speakers for system in results.systems for count in system.counts})
    for system, (color, marker, line) in zip(results.systems, _STYLES, strict=False):
        points = [(count.speakers, value(count)) for count in system.counts]
        known = [(speakers, y) for speakers, y in points if y is not None]
        axes.plot(
            [counts.index(speakers) for speakers, _ in known],
            [y for _, y in known],
            color=color,
            marker=marker,
            linestyle=line,
            linewidth=2.4 if system is results.systems[0] else 1.6,
            markersize=5,
            label=system.label,
        )
    axes.set_title(title)
    axes.set_ylabel(unit)
    axes.set_xticks(range(len(counts)), [str(count) for count in counts])
    axes.set_xlabel("people speaking at once")
    axes.margins(x=0.08)
    # A verdict may come before the VAD's stop.
    axes.set_ylim(bottom=min(0.0, 1.4 * axes.dataLim.ymin))


def _turns(axes: Any, results: Results) -> None:
    """Spoken into and first sound, with an agent that answers at once: a point for each set."""
    axes.set_title("Spoken into, and first sound after")
    axes.set_xlabel("ms from the true end, median, instant agent")
    axes.set_ylabel("% of pauses")
    for number, (label, color) in enumerate(zip(talk_labels(results.talks), _TALK, strict=False)):
        for talk in results.talks:
            for system in talk.systems:
                agent = system.score.agents[0]
                if system.label == label and agent.first_sound_ms and system.score.pauses:
                    at = agent.first_sound_ms[0], system.score.share(agent.into)
                    axes.plot(*at, color=color, marker="ovs^"[number % 4], markersize=7)
                    axes.annotate(talk.name.split()[0], at, xytext=(5, 4), fontsize=7.5,
                                  textcoords="offset points")  # fmt: skip
    if not results.talks:
        _not_run(axes)


def _barge_in(axes: Any, results: Results) -> None:
    """From the onset of speech: quieter, then silent."""
    shown = [
        (system, style)
        for system, style in zip(results.systems, _STYLES, strict=False)
        if system.barge_in is not None and system.barge_in.silent_ms is not None
    ]
    for place, (system, (color, _, _)) in enumerate(reversed(shown)):
        _bar(axes, place, system, color)
    axes.set_yticks(range(len(shown)), [system.label for system, _ in reversed(shown)])
    axes.set_title("Spoken over: silent after")
    axes.set_xlabel("ms from the onset of speech, median")
    if shown:
        axes.set_xlim(right=1.35 * axes.dataLim.xmax)
    else:
        _not_run(axes)
    axes.grid(visible=False, axis="y")


def _not_run(axes: Any) -> None:
    axes.text(0.5, 0.5, "not run", transform=axes.transAxes, ha="center", color="#6b717b")


def _bar(axes: Any, place: int, system: SystemResult, color: str) -> None:
    score = system.barge_in
    assert score is not None
    assert score.silent_ms is not None
    silent = score.silent_ms.p50
    quieter = score.quieter_ms.p50 if score.quieter_ms is not None else silent
    axes.barh(place, quieter, color=color, height=0.5)
    axes.barh(place, silent - quieter, left=quieter, color=color, alpha=0.45, height=0.5)
    text = f"{silent:.0f}" if silent - quieter < 1 else f"{silent:.0f}, quieter at {quieter:.0f}"
    axes.annotate(
        text, (silent, place), xytext=(5, 0), textcoords="offset points", va="center", color=_INK
    )
