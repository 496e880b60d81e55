"""The results as a table: for the terminal, and for docs/comparison.md. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rich.table import Table

from bench.comparison.results import AtCount, Results, SystemResult
from bench.comparison.score import Spread, TurnScore

BEGIN: Final = "<!-- comparison: begin -->"
END: Final = "<!-- comparison: end -->"
_NONE: Final = "–"
_TOLD: Final = frozenset((1, 10))
"""The numbers of speakers on the page; its picture has all."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One number as shown, and its rank value: less is better; None is not ranked."""

    text: str
    rank: float | None = None


@dataclass(frozen=True, slots=True)
class TableRow:
    name: str
    cells: tuple[Cell, ...]

    def best(self) -> float | None:
        """The rank of the best cell, where there is more than one to compare."""
        ranks = [cell.rank for cell in self.cells if cell.rank is not None]
        return min(ranks) if len(ranks) > 1 else None


def rows(results: Results, speakers: Container[int] | None = None) -> list[TableRow]:
    """Every row with a number; ``speakers`` limits them to these numbers of speakers."""
    measured = {count.speakers for system in results.systems for count in system.counts}
    counts = sorted(each for each in measured if speakers is None or each in speakers)
    found = [
        *_each(results, counts, "VAD alone: CPU, ms per audio-second", _vad),
        *_each(results, counts, "VAD + turn: CPU, ms per audio-second", _cpu),
        *_each(results, counts, "verdict after the VAD's stop, ms, median / p95", _after_stop),
        *_each(results, counts, "verdict after the end of speech, ms, median / p95", _after_speech),
        _row(results, "memory for each more speaker, MB", _memory),
        _row(results, "pauses taken for the end, by sound alone", _cut(_by_sound)),
        _row(results, "end of turn found after, ms, median / p95", _response(_by_sound)),
        _row(results, "pauses in open clauses taken for the end, bot with words", _cut(_open)),
        _row(results, "end of these turns found after, ms, median / p95", _response(_open)),
        _row(results, "spoken over: quieter after, ms, median / worst", _quieter),
        _row(results, "spoken over: silent after, ms, median / worst", _silent),
    ]
    return [row for row in found if any(cell.text != _NONE for cell in row.cells)]


def markdown(results: Results) -> str:
    """The text between the markers of the page."""
    labels = [system.label for system in results.systems]
    lines = [f"| | {' | '.join(labels)} |", "| --- |" + " ---: |" * len(labels)]
    for row in rows(results, _TOLD):
        best = row.best()
        cells = [
            f"**{cell.text}**" if cell.rank is not None and cell.rank == best else cell.text
            for cell in row.cells
        ]
        lines.append(f"| {row.name} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", note(results)])


def terminal(results: Results) -> Table:
    table = Table(title="Beside the rivals: less is better everywhere", title_justify="left")
    table.add_column("")
    for system in results.systems:
        table.add_column(system.label, justify="right")
    for row in rows(results):
        best = row.best()
        table.add_row(
            row.name,
            *(
                f"[bold green]{cell.text}[/]"
                if cell.rank is not None and cell.rank == best
                else cell.text
                for cell in row.cells
            ),
        )
    return table


def note(results: Results) -> str:
    """The machine, the date and the versions."""
    versions: dict[str, str] = {}
    for system in results.systems:
        versions |= system.versions
    named = ", ".join(f"{name} {version}" for name, version in versions.items())
    return (
        f"Measured {results.date[:10]} on {results.machine}, load average {results.load:.2f} "
        f"before; {named}; audio: {results.audio}."
    )


def with_table(page: str, results: Results) -> str:
    """The page with the table of ``results`` between its markers.

    Raises:
        ValueError: it has not both markers, once each and in order.
    """
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in after or END in before + after:
        raise ValueError(f"the page must have {BEGIN} and {END} once each, in that order")
    return f"{before}{begin}\n\n{markdown(results)}\n\n{end}{after}"


def _row(results: Results, name: str, cell: Callable[[SystemResult], Cell]) -> TableRow:
    return TableRow(name, tuple(cell(system) for system in results.systems))


def _each(
    results: Results, counts: Iterable[int], name: str, cell: Callable[[AtCount], Cell]
) -> list[TableRow]:
    """A row for each number of speakers."""
    return [
        _row(
            results,
            f"{name}, {count} speaker{'s' if count > 1 else ''}",
            lambda system, count=count: _at(system.counts, count, cell),  # type: ignore[misc]
        )
        for count in counts
    ]


def _at(counts: Sequence[AtCount], speakers: int, cell: Callable[[AtCount], Cell]) -> Cell:
    return next((cell(count) for count in counts if count.speakers == speakers), Cell(_NONE))


def _vad(count: AtCount) -> Cell:
    return Cell(f"{count.vad_cpu_ms:.2f}", count.vad_cpu_ms)


def _cpu(count: AtCount) -> Cell:
    return Cell(f"{count.cpu_ms:.0f}", count.cpu_ms)


def _after_stop(count: AtCount) -> Cell:
    return _two(count.after_stop_ms)


def _after_speech(count: AtCount) -> Cell:
    return _two(count.after_speech_ms)


def _memory(system: SystemResult) -> Cell:
    each = system.memory_per_speaker_mb
    return Cell(_NONE) if each is None else Cell(f"{each:.1f}", each)


def _by_sound(system: SystemResult) -> TurnScore | None:
    return system.turns


def _open(system: SystemResult) -> TurnScore | None:
    return system.open_turns


def _cut(score: Callable[[SystemResult], TurnScore | None]) -> Callable[[SystemResult], Cell]:
    def cell(system: SystemResult) -> Cell:
        turns = score(system)
        if turns is None or not turns.pauses:
            return Cell(_NONE)
        return Cell(f"{turns.cut} of {turns.pauses} ({turns.cut_percent:.0f} %)", turns.cut_percent)

    return cell


def _response(score: Callable[[SystemResult], TurnScore | None]) -> Callable[[SystemResult], Cell]:
    def cell(system: SystemResult) -> Cell:
        turns = score(system)
        if turns is None:
            return Cell(_NONE)
        times = _two(turns.response_ms)
        return Cell(f"{times.text}, {turns.missed} missed", times.rank) if turns.missed else times

    return cell


def _quieter(system: SystemResult) -> Cell:
    score = system.barge_in
    return Cell(_NONE) if score is None else _worst(score.quieter_ms)


def _silent(system: SystemResult) -> Cell:
    score = system.barge_in
    if score is None:
        return Cell(_NONE)
    cell = _worst(score.silent_ms)
    if not score.not_silenced:
        return cell
    return Cell(f"{cell.text}, {score.not_silenced} of {score.trials} not", cell.rank)


def _two(times: Spread | None) -> Cell:
    return Cell(_NONE) if times is None else Cell(f"{times.p50:.0f} / {times.p95:.0f}", times.p95)


def _worst(times: Spread | None) -> Cell:
    return Cell(_NONE) if times is None else Cell(f"{times.p50:.0f} / {times.worst:.0f}", times.p50)
