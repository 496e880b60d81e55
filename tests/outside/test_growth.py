"""No reader of outside input takes more time than the length of the input allows.

Each subject gets every repetitive text in 1 kB, or less if the subject is heavy. Its slowest texts
are then repeated ten times as long, and the slowest of those ten times as long again.
"""

from __future__ import annotations

from typing import Final

import pytest

from tests.outside import (
    bytes_of_calls,
    bytes_of_speech,
    lines_of_settings,
    words_of_agents,
    words_of_jobs,
    words_of_names,
    words_of_pages,
    words_of_people,
    words_of_sensors,
    words_of_the_fleet,
    words_of_the_gateway,
)
from tests.outside.growth import LARGE, MIDDLE, SMALL, TINY, complaint, cpu_s
from tests.outside.inputs import texts
from tests.outside.subject import Subject

SUBJECTS: Final = (
    *bytes_of_calls.SUBJECTS,
    *bytes_of_speech.SUBJECTS,
    *lines_of_settings.SUBJECTS,
    *words_of_agents.SUBJECTS,
    *words_of_jobs.SUBJECTS,
    *words_of_names.SUBJECTS,
    *words_of_pages.SUBJECTS,
    *words_of_people.SUBJECTS,
    *words_of_the_fleet.SUBJECTS,
    *words_of_sensors.SUBJECTS,
    *words_of_the_gateway.SUBJECTS,
)
_MADE_LONG: Final = (6, 2)
_MADE_LONGEST: Final = (1, 1)
"""How many texts, for a light and for a heavy subject."""


@pytest.fixture(scope="module")
def tiny() -> dict[str, str]:
    return texts(TINY)


@pytest.fixture(scope="module")
def small() -> dict[str, str]:
    return texts(SMALL)


@pytest.fixture(scope="module")
def middle() -> dict[str, str]:
    return texts(MIDDLE)


@pytest.fixture(scope="module")
def large() -> dict[str, str]:
    return texts(LARGE)


def _costliest(subject: Subject, among: dict[str, str], count: int) -> list[str]:
    costs = {name: cpu_s(subject, text) for name, text in among.items()}
    return sorted(costs, key=lambda name: -costs[name])[:count]


@pytest.mark.parametrize("subject", SUBJECTS, ids=[subject.name for subject in SUBJECTS])
def test_time_grows_in_proportion(
    subject: Subject,
    tiny: dict[str, str],
    small: dict[str, str],
    middle: dict[str, str],
    large: dict[str, str],
) -> None:
    tried = tiny if subject.heavy else small
    costly = _costliest(subject, tried, _MADE_LONG[subject.heavy])
    wrong = {
        name: why
        for name in costly
        if (why := complaint(subject, {SMALL: small[name], MIDDLE: middle[name]}))
    }
    assert not wrong
    longer = {name: middle[name] for name in costly}
    costliest = _costliest(subject, longer, _MADE_LONGEST[subject.heavy])
    wrong = {
        name: why
        for name in costliest
        if (why := complaint(subject, {MIDDLE: middle[name], LARGE: large[name]}))
    }
    assert not wrong
