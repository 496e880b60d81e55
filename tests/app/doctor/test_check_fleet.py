"""The doctor's findings about messages to people, sensors, memory and the control plane."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.doctor.check_fleet import check_memory, check_people, check_plane, check_sensors
from app.doctor.findings import Finding, Grade
from app.fleet.control_plane import control_store, serving
from fleet.desired_state.kept import KeptState, KeptVersion
from settings import Settings
from simulators.gateway import GatewaySimulator
from testing.gateways import TOKEN
from testing.ports import closed_port
from tests.e2e.fleet.planes import Plane

ALICE = {"name": "Alice", "channel": "telegram", "to": "42", "from_urgency": "high"}
CAROL = {"name": "Carol", "channel": "discord", "to": "7"}
FULL = {"sensor": "disk.used", "above": 90, "tell": True}


def made(*, token: str = TOKEN, discord: str | None = None, **fleet: Any) -> Settings:
    return Settings.model_validate(
        {
            "openclaw": {"auth_token": token},
            "discord": {"token": discord},
            "fleet": fleet,
        }
    )


def warned(found: list[Finding]) -> list[str]:
    return [each.words for each in found if each.grade is Grade.WARN]


async def test_a_fleet_that_is_not_used_has_no_findings() -> None:
    nothing = made()
    found = [
        *check_people(nothing),
        *await check_sensors(nothing),
        *await check_memory(nothing),
        *await check_plane(nothing),
    ]
    assert found == []


def test_a_threshold_that_tells_people_needs_one_whom_it_reaches() -> None:
    assert warned(check_people(made(sensors={"thresholds": [FULL]}))) == [
        "the threshold of disk.used tells people, and reaches none"
    ]
    notify = {"recipients": [ALICE]}
    normal = made(notify=notify, sensors={"thresholds": [FULL]})
    assert warned(check_people(normal)) == [
        "the threshold of disk.used tells people, and reaches none"
    ]
    high = made(notify=notify, sensors={"thresholds": [{**FULL, "urgency": "high"}]})
    assert warned(check_people(high)) == []
    spoken = made(discord="a.b.c", sensors={"thresholds": [{**FULL, "urgency": "critical"}]})
    assert check_people(spoken) == []


def test_a_recipient_needs_the_way_of_the_channel() -> None:
    found = check_people(made(token="", notify={"recipients": [ALICE, CAROL]}))
    assert found[0].words == "Alice by telegram, Carol by discord"
    assert warned(found) == [
        "recipients on discord are told by a bot alone, and there is no DISCORD_BOT_TOKEN",
        "recipients by telegram need an operator's connection",
    ]
    assert warned(check_people(made(discord="a.b.c", notify={"recipients": [ALICE, CAROL]}))) == []


async def test_a_sensor_that_is_not_there_is_named() -> None:
    wrong = {"sensor": "disk.free", "below": 5}
    (found,) = await check_sensors(made(sensors={"sources": ["machine"], "thresholds": [wrong]}))
    assert found.words == "fleet.sensors.thresholds: this machine has no sensor disk.free"
    assert "disk.used" in found.advice
    later = {
        "sources": ["machine", "rooms"],
        "thresholds": [FULL, {"sensor": "room.*.people", "above": 3}],
        "in_turns": ["kitchen.temperature", "cpu.*"],
        "mqtt": {
            "host": "broker.lan",
            "topics": [{"topic": "home/+/climate", "sensor": "{1}.temperature"}],
        },
    }
    (fine,) = await check_sensors(made(sensors=later))
    assert fine.grade is Grade.OK


async def test_the_memorys_folder_and_its_plugin(tmp_path: Path) -> None:
    (missing,) = await check_memory(made(memory={"folder": str(tmp_path / "none")}))
    assert "is no folder: set fleet.memory.folder" in missing.words
    (tmp_path / "memory").mkdir()
    (there,) = await check_memory(made(memory={"folder": str(tmp_path)}))
    assert there.grade is Grade.OK
    (no_token,) = await check_memory(made(token="", memory={"plugin": True}))
    assert "set OPENCLAW_AUTH_TOKEN" in no_token.words
    for plugin, grade in ((True, Grade.OK), (False, Grade.WARN)):
        async with GatewaySimulator(
            token=TOKEN, workspaces=tmp_path / "all", memory_plugin=plugin, strict=False
        ) as gateway:
            given = {"base_url": gateway.url, "auth_token": TOKEN, "state_dir": str(tmp_path)}
            settings = Settings.model_validate(
                {"openclaw": given, "fleet": {"memory": {"plugin": True}}}
            )
            (found,) = await check_memory(settings)
        assert found.grade is grade, found
    assert "does not have the plugin openclaw-voice" in found.words
    assert not list((tmp_path / "all").glob("**/*.md"))


async def test_a_plugin_that_keeps_no_wishes_to_forget_is_to_be_updated(tmp_path: Path) -> None:
    async with GatewaySimulator(
        token=TOKEN, workspaces=tmp_path / "all", memory_plugin=True
    ) as gateway:
        gateway.memory.knows_wishes = False
        given = {"base_url": gateway.url, "auth_token": TOKEN, "state_dir": str(tmp_path)}
        settings = Settings.model_validate(
            {"openclaw": given, "fleet": {"memory": {"plugin": True}}}
        )
        (found,) = await check_memory(settings)
    assert found.grade is Grade.WARN
    assert "update openclaw_plugin there" in found.words


async def test_the_control_plane_its_token_and_the_version(tmp_path: Path) -> None:
    plane = Plane(tmp_path / "plane")
    state = tmp_path / "bot"

    def bot(token: str, url: str, **overview: str) -> Settings:
        desired = {"url": url, "bot": "box1", "token": token}
        return Settings.model_validate(
            {
                "openclaw": {"state_dir": str(state)},
                "fleet": {"desired_state": desired, "overview": overview},
            }
        )

    (nowhere,) = await check_plane(made(overview={"control_token": "oco-1"}))
    assert nowhere.advice == "set fleet.overview.control_url"
    (away,) = await check_plane(bot("ocb-1", f"http://127.0.0.1:{closed_port()}"))
    assert away.grade is Grade.WARN
    assert "is not reached" in away.words
    async with control_store(plane.settings) as store, serving(plane.settings, store):
        operator = await store.tokens.add_person("operator", "ann")
        token = await store.add_bot("box1")
        (wrong,) = await check_plane(bot("ocb-wrong", plane.url))
        assert (wrong.grade, "(401" in wrong.words) == (Grade.WARN, True)
        reader = await store.tokens.add_person("reader", "bob")
        *_, whole = await check_plane(bot(token, plane.url, control_token=operator))
        assert "`run.py control readers add NAME` makes one that cannot" in whole.advice
        fine, listed = await check_plane(bot(token, plane.url, control_token=reader))
        assert listed.advice == ""
        assert fine.words.endswith("it has no configuration yet")
        assert listed.words == f"{plane.url} tells the configurations of 0 bots"
        await store.put("box1", {"pipeline": {"relevance": {"level": "high"}}}, by="ann")
        (waiting,) = await check_plane(bot(token, plane.url))
        assert waiting.words.endswith("version 1 is desired; the bot has not applied it yet")
        found = await store.version("box1", 1)
        record = found.record
        version = KeptVersion(version=1, hash=record.hash, document=found.document)
        KeptState(state).accept(version)
        (applied,) = await check_plane(bot(token, plane.url))
        assert applied.words.endswith("version 1 is desired, and applied")
        KeptState(state).refuse(version, "no such card")
        (refused,) = await check_plane(bot(token, plane.url))
        assert refused.words.endswith("version 1 is desired, and was refused: no such card")
