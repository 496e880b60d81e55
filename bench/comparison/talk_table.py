"""Rows of the table about where turns end. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench.comparison.cells import NO_CELL, Cell, TableRow
from bench.comparison.results import TalkOfSystem, TalkResult
from bench.comparison.talk_score import AgentScore


def talk_labels(talks: Sequence[TalkResult]) -> list[str]:
    """The systems, in the order of their columns."""
    return list(dict.fromkeys(each.label for talk in talks for each in talk.systems))


def talk_rows(talks: Sequence[TalkResult]) -> list[TableRow]:
    """A block of rows for each set; one system a column."""
    labels = talk_labels(talks)
    return [row for talk in talks for row in _rows(talk, labels)]


def _rows(talk: TalkResult, labels: Sequence[str]) -> list[TableRow]:
    systems = {each.label: each for each in talk.systems}

    def row(name: str, cell: Callable[[TalkOfSystem], Cell]) -> TableRow:
        cells = (cell(systems[label]) if label in systems else NO_CELL for label in labels)
        return TableRow(f"{talk.name}: {name}", tuple(cells))

    found = [row("pauses taken for the end", _cut)]
    agents = talk.systems[0].score.agents if talk.systems else ()
    for number, agent in enumerate(agents):
        what = f"agent of {agent.agent_ms} ms"
        found.append(row(f"spoken into, {what}", _into(number)))
        found.append(row(f"first sound, ms, median / p90, {what}", _first(number)))
    found.append(row("CPU without / of Whisper, ms per audio-second", _cpu))
    return found


def _cut(system: TalkOfSystem) -> Cell:
    found, in_words = _share(system, system.score.cut), system.score.cut_in_words
    return Cell(f"{found.text}, {in_words} in words", found.rank) if in_words else found


def _share(system: TalkOfSystem, pauses: int) -> Cell:
    score = system.score
    if not score.pauses:
        return NO_CELL
    percent = score.share(pauses)
    return Cell(f"{percent:.1f} % ({pauses} of {score.pauses})", percent)


def _into(number: int) -> Callable[[TalkOfSystem], Cell]:
    return lambda system: _share(system, system.score.agents[number].into)


def _first(number: int) -> Callable[[TalkOfSystem], Cell]:
    def cell(system: TalkOfSystem) -> Cell:
        agent: AgentScore = system.score.agents[number]
        if agent.first_sound_ms is None:
            return NO_CELL
        median, p90 = agent.first_sound_ms
        missed = f", {system.score.missed} missed" if system.score.missed else ""
        return Cell(f"{median:.0f} / {p90:.0f}{missed}", median)

    return cell


def _cpu(system: TalkOfSystem) -> Cell:
    whole = system.cpu_ms + system.words_cpu_ms
    return Cell(f"{system.cpu_ms:.0f} / {system.words_cpu_ms:.0f}", whole)
