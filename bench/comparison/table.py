"""The results as a table: for the terminal, and for docs/comparison.md. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from typing import Final

from rich.table import Table

from bench.comparison.cells import NO_CELL, Cell, TableRow
from bench.comparison.results import AtCount, Results, SystemResult
from bench.comparison.score import Spread
from bench.comparison.talk_table import talk_labels, talk_rows

BEGIN: Final = "<!-- comparison: begin -->"
END: Final = "<!-- comparison: end -->"
_TOLD: Final = frozenset((1, 10))
"""The numbers of speakers on the page; its picture has all."""


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
        _row(results, "spoken over: quieter after, ms, median / worst", _quieter),
        _row(results, "spoken over: silent after, ms, median / worst", _silent),
    ]
    return [row for row in found if any(cell is not NO_CELL for cell in row.cells)]


def markdown(results: Results) -> str:
    """The text between the markers of the page."""
    parts = []
    if results.talks:
        parts += [*_lines(talk_labels(results.talks), talk_rows(results.talks)), ""]
    labels = [system.label for system in results.systems]
    parts += _lines(labels, rows(results, _TOLD))
    return "\n".join([*parts, "", note(results)])


def _lines(labels: Sequence[str], table: Iterable[TableRow]) -> list[str]:
    lines = [f"| | {' | '.join(labels)} |", "| --- |" + " ---: |" * len(labels)]
    for row in table:
        best = row.best()
        cells = [
            f"**{cell.text}**" if cell.rank is not None and cell.rank == best else cell.text
            for cell in row.cells
        ]
        lines.append(f"| {row.name} | {' | '.join(cells)} |")
    return lines


def terminal(results: Results) -> list[Table]:
    """Where turns end, if that was measured; then load and barge-in."""
    tables = []
    if results.talks:
        where = talk_labels(results.talks), talk_rows(results.talks)
        tables.append(_table("Where turns end: less is better everywhere", *where))
    labels = [system.label for system in results.systems]
    title = "Beside Pipecat and LiveKit: less is better everywhere"
    if found := rows(results):
        tables.append(_table(title, labels, found))
    return tables


def _table(title: str, labels: Sequence[str], found: Iterable[TableRow]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for label in labels:
        table.add_column(label, justify="right")
    for row in found:
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
    where = f"; where turns end on {results.talk_audio}" if results.talk_audio else ""
    named = ", ".join(f"{name} {version}" for name, version in versions.items())
    installed = f"; {named}" if named else ""
    return (
        f"Measured {results.date[:10]} on {results.machine}, load average {results.load:.2f} "
        f"before{installed}; load and barge-in on {results.audio}{where}."
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
    return next((cell(count) for count in counts if count.speakers == speakers), NO_CELL)


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
    return NO_CELL if each is None else Cell(f"{each:.1f}", each)


def _quieter(system: SystemResult) -> Cell:
    score = system.barge_in
    return NO_CELL if score is None else _worst(score.quieter_ms)


def _silent(system: SystemResult) -> Cell:
    score = system.barge_in
    if score is None:
        return NO_CELL
    cell = _worst(score.silent_ms)
    if not score.not_silenced:
        return cell
    return Cell(f"{cell.text}, {score.not_silenced} of {score.trials} not", cell.rank)


def _two(times: Spread | None) -> Cell:
    return NO_CELL if times is None else Cell(f"{times.p50:.0f} / {times.p95:.0f}", times.p95)


def _worst(times: Spread | None) -> Cell:
    return NO_CELL if times is None else Cell(f"{times.p50:.0f} / {times.worst:.0f}", times.p50)
