"""The addressee set: what it must be for its numbers to mean something."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench.conversation.addressee import scenes
from bench.conversation.addressee.scenes import (
    DEVELOPMENT,
    KINDS,
    LEVELS,
    PARTS,
    Case,
    Part,
    cases,
    replay,
)
from bench.conversation.scene_files import SceneError


def raw_scenes(part: Part) -> list[dict[str, Any]]:
    folder = Path(scenes.__file__).with_name(part)
    return [
        scene
        for path in sorted(folder.glob("*.yaml"))
        for scene in yaml.safe_load(path.read_text("utf-8"))
    ]


def scene(*lines: str, **more: Any) -> list[Case]:
    return list(replay({"name": "a scene", "people": ["Ann", "Ben"], "lines": lines, **more}))


def test_each_part_is_large_and_neither_outweighs_the_other() -> None:
    sizes = [len(cases(part)) for part in DEVELOPMENT]
    assert sum(sizes) >= 450
    assert len(cases("held")) >= 360
    assert len(cases("held2")) >= 360
    assert len(cases("held3")) >= 360
    assert len(cases("held4")) >= 300
    assert len(cases("held5")) >= 300
    assert max(sizes) < 3 * min(sizes)


def test_no_scene_and_hardly_a_line_is_in_two_parts() -> None:
    names = [each["name"] for part in PARTS for each in raw_scenes(part)]
    assert len(names) == len(set(names))
    long = [
        {case.utterance.text for case in cases(part) if len(case.utterance.text.split()) > 4}
        for part in PARTS
    ]
    assert not any(one & other for one, other in combinations(long, 2))


@pytest.mark.parametrize("part", ["tuning", "earlier"])
def test_every_kind_is_there(part: Part) -> None:
    found = {kind for case in cases(part) for kind in case.kinds}
    assert found == set(KINDS)


@pytest.mark.parametrize("part", PARTS)
def test_every_level_is_there(part: Part) -> None:
    levels = LEVELS if part != "held5" else ("low", "medium")
    assert {case.level for case in cases(part)} == {None, *levels}


def test_a_line_tells_when_who_what_and_for_whom() -> None:
    first, second, third = scene(
        "low Ann (name): Jarvis, what time is it?",
        "[3] jarvis: It is late.",
        "[5] Ben -> Ann@de (side talk, mention): Was hat er gesagt?",
        "medium Ann (exchange): How late?",
    )
    assert (first.level, first.kinds, first.utterance.language_code) == ("low", ("name",), "en")
    assert (second.level, second.utterance.language_code) == (None, "de")
    assert second.speaker.name == "Ben"
    assert second.room.last_reply is not None
    assert second.room.last_reply.ago_s == 5.0
    assert second.room.last_reply.to_id == first.speaker.id
    assert [third.expected(level) for level in LEVELS] == [False, True, True]


def test_whom_a_line_was_said_to_is_not_told_to_the_rules() -> None:
    _, heard, called = scene(
        "Ann -> Ben (side talk): Are you hungry?",
        "Ben -> Ann (side talk): Ann, I am.",
        "Ann (side talk): Good.",
    )
    assert heard.room.talk[0].toward == "room"
    assert called.room.talk[0].toward == "person"


def test_a_reply_that_is_still_spoken() -> None:
    _, case = scene(
        "low Ann (name): Jarvis, tell me a story.", "jarvis...: Once", "low Ann (control): Stop."
    )
    assert case.room.last_reply is not None
    assert case.room.last_reply.playing


def test_a_reply_that_was_stopped_is_past() -> None:
    *_, case = scene(
        "low Ann (name): Jarvis, tell me a story.",
        "jarvis...: Once upon a time",
        "low Ben (control): Jarvis, stop.",
        "[4] low Ann (control): Go on.",
    )
    assert case.room.last_reply is not None
    assert (case.room.last_reply.ago_s, case.room.last_reply.to_id) == (4.0, 1)


def test_the_agents_are_those_of_the_scene() -> None:
    (case,) = scene("Ann (other bot): Sage, hello.", agents=["jarvis", "sage"])
    assert case.utterance.mentions.other_agent == "sage"
    assert case.utterance.agent == "jarvis"


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("no colon in it", "not a line"),
        ("Cy (side talk): Hello.", "Cy is not there"),
        ("Ann (gossip): Hello.", "no such kind"),
        ("Ann: Hello.", "no such kind"),
        ("jarvis: Hello.", "no question before"),
    ],
)
def test_a_line_that_cannot_be_right_is_refused(line: str, why: str) -> None:
    with pytest.raises(SceneError, match=f"a scene: .*{why}"):
        scene(line)
