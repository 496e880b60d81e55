"""Which settings differ, and which apply while the bot runs."""

from __future__ import annotations

from fleet.desired_state.live import LiveSettings, changed_settings, names_of
from settings import Settings


def with_values(**sections: object) -> Settings:
    return Settings.model_validate(sections)


def test_the_settings_that_differ_are_named() -> None:
    new = with_values(
        pipeline={"stt": {"language": "de"}},
        logging={"level": "DEBUG"},
        agents={"jarvis": {"speed": 1.2}},
    )
    assert names_of(changed_settings(Settings(), new)) == (
        "agents",
        "pipeline.stt.language",
        "logging.level",
    )
    assert changed_settings(new, new) == []


def test_parts_take_what_is_theirs() -> None:
    taken: list[str] = []
    live = LiveSettings(Settings())
    live.register(lambda new: taken.append(new.logging.level), "logging")
    live.register(lambda new: taken.append("pipeline"), "pipeline", except_for=["pipeline.stt"])
    new = with_values(logging={"level": "DEBUG"}, pipeline={"stt": {"language": "de"}})
    changed = changed_settings(live.current, new)
    assert names_of(live.needing_restart(changed)) == ("pipeline.stt.language",)
    live.apply(new)
    assert (taken, live.current) == (["DEBUG"], new)
    live.apply(new)
    assert taken == ["DEBUG"]
