"""Precision, recall and F1 of the decisions at a level, and recall by kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bench.conversation.addressee.scenes import KINDS, LEVELS, Case, decide
from pipeline.addressee.classifier import Decision
from pipeline.settings import Level

NAMED: Final = frozenset(("name", "misheard"))
"""Kinds in which the agent is addressed by name."""


@dataclass(frozen=True, slots=True)
class JudgedCase:
    """A case at one level."""

    case: Case
    level: Level
    decision: Decision

    @property
    def expected(self) -> bool:
        return self.case.expected(self.level)

    @property
    def right(self) -> bool:
        return self.decision.addressed == self.expected


@dataclass(frozen=True, slots=True)
class AddresseeScore:
    """The decisions on some cases at one level."""

    judged: tuple[JudgedCase, ...]

    @property
    def wanted(self) -> int:
        """Number of cases that must be answered."""
        return sum(each.expected for each in self.judged)

    @property
    def answered(self) -> int:
        """Number of answered cases, right or wrong."""
        return sum(each.decision.addressed for each in self.judged)

    @property
    def hits(self) -> int:
        return sum(each.expected and each.right for each in self.judged)

    @property
    def precision(self) -> float:
        """1.0 if nothing was answered."""
        return self.hits / self.answered if self.answered else 1.0

    @property
    def recall(self) -> float:
        """1.0 if no case must be answered."""
        return self.hits / self.wanted if self.wanted else 1.0

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    @property
    def false_answers(self) -> float:
        """The answered share of the lines that are for no agent at any level."""
        others = [each for each in self.judged if each.case.level is None]
        return sum(each.decision.addressed for each in others) / len(others) if others else 0.0

    @property
    def mistakes(self) -> tuple[JudgedCase, ...]:
        return tuple(each for each in self.judged if not each.right)

    def of(self, kinds: Iterable[str]) -> AddresseeScore:
        """The score of the cases of these kinds."""
        wanted = frozenset(kinds)
        return AddresseeScore(
            tuple(each for each in self.judged if not wanted.isdisjoint(each.case.kinds))
        )


def score(all_cases: Sequence[Case], level: Level) -> AddresseeScore:
    """Judge every case at one level."""
    return AddresseeScore(tuple(JudgedCase(case, level, decide(case, level)) for case in all_cases))


def table(scores: dict[Level, AddresseeScore]) -> str:
    """A line for each level."""
    lines = [
        f"{'level':<8}{'lines':>6}{'to answer':>11}{'precision':>11}{'recall':>8}{'F1':>7}"
        f"{'name':>8}{'imperative':>12}{'false':>8}"
    ]
    for level, counts in scores.items():
        names, imperatives = counts.of(NAMED), counts.of(["imperative"])
        lines.append(
            f"{level:<8}{len(counts.judged):>6}{counts.wanted:>11}{counts.precision:>11.3f}"
            f"{counts.recall:>8.3f}{counts.f1:>7.3f}{names.recall:>8.3f}{imperatives.recall:>12.3f}"
            f"{counts.false_answers:>8.3f}"
        )
    return "\n".join(lines)


def kinds_table(scores: dict[Level, AddresseeScore]) -> str:
    """A line for each kind: the answered share of its cases, and the wrongly answered ones."""
    lines = [f"{'kind':<16}{'lines':>6}" + "".join(f"{level:>20}" for level in scores)]
    for kind in KINDS:
        of_kind = [counts.of([kind]) for counts in scores.values()]
        cells = "".join(f"{_cell(counts):>20}" for counts in of_kind)
        lines.append(f"{kind:<16}{len(of_kind[0].judged):>6}{cells}")
    return "\n".join(lines)


def mistakes(scores: dict[Level, AddresseeScore]) -> str:
    """Every wrong decision, with its reasons."""
    return "\n".join(
        f"{each.level}, {each.case.scene}: "
        f"{'answered' if each.decision.addressed else 'not answered'} "
        f"({each.decision.probability:.2f}): "
        f"{each.case.speaker.name}: {each.case.utterance.text}\n"
        f"    {'; '.join(each.decision.reasons)}"
        for counts in scores.values()
        for each in counts.mistakes
    )


def numbers(scores: dict[Level, AddresseeScore]) -> dict[str, Any]:
    """The same as data."""
    return {
        level: {
            **_numbers(counts),
            "name_recall": round(counts.of(NAMED).recall, 4),
            "imperative_recall": round(counts.of(["imperative"]).recall, 4),
            "false_answers": round(counts.false_answers, 4),
            "kinds": {kind: _numbers(counts.of([kind])) for kind in KINDS},
        }
        for level, counts in scores.items()
    }


def all_levels(all_cases: Sequence[Case]) -> dict[Level, AddresseeScore]:
    return {level: score(all_cases, level) for level in LEVELS}


def _cell(counts: AddresseeScore) -> str:
    """ "9/10 +1": nine of ten answered, and one wrongly."""
    wrong = counts.answered - counts.hits
    return f"{counts.hits}/{counts.wanted}" + (f" +{wrong}" if wrong else "   ")


def _numbers(counts: AddresseeScore) -> dict[str, Any]:
    return {
        "lines": len(counts.judged),
        "to_answer": counts.wanted,
        "answered": counts.answered,
        "hits": counts.hits,
        "precision": round(counts.precision, 4),
        "recall": round(counts.recall, 4),
        "f1": round(counts.f1, 4),
    }
