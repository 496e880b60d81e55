"""The whole receive path with an unmodified discord.py, in a call with real encryption."""

from __future__ import annotations

import asyncio
import time

import pytest

from discord_bot.receive import FrameKind
from simulators.discord import LineFaults
from tests.discord_bot.receive.call_stage import WatchedClient, receive_stage
from tests.discord_bot.receive.packets import pitch, tone

SPEECH = FrameKind.SPEECH


@pytest.mark.parametrize("dave", [True, False])
async def test_a_person_is_heard(dave: bool) -> None:
    async with receive_stage(dave=dave) as stage:
        await stage.ann.join(stage.room)
        voice = await stage.join()
        await stage.ann.say(tone(440, 0.2))
        await stage.sink.until_end_of_talk(stage.ann.id)
        assert stage.sink.kinds(stage.ann.id) == [SPEECH] * 10 + [FrameKind.SILENCE] * 5
        assert pitch(stage.sink.pcm(stage.ann.id, SPEECH)[640:]) == pytest.approx(440, abs=5)
        assert voice.problem(time.monotonic()) is None
        assert voice.counters.errors == 0


LINES = {
    "loss 5 %": LineFaults(loss=0.05, seed=2),
    "loss 15 %": LineFaults(loss=0.15, seed=3),
    "reorder": LineFaults(reorder=0.15),
    "duplicates": LineFaults(duplicate=0.3),
    "jitter": LineFaults(jitter_ms=50),
    "padding 1": LineFaults(padding=1),
    "padding 255": LineFaults(padding=255, padded=0.5),
    "padding, no extension": LineFaults(padding=17, extension=False),
    "probes of padding": LineFaults(padding_only=0.3, padding=200, padded=0.0),
    "everything": LineFaults(loss=0.05, reorder=0.05, duplicate=0.1, jitter_ms=20, padding=9),
}


@pytest.mark.parametrize("dave", [True, False])
async def test_ten_people_on_ten_bad_lines_talk_at_once(dave: bool) -> None:
    async with receive_stage(dave=dave) as stage:
        people = [stage.sim.add_person(stage.guild, name) for name in LINES]
        for person in people:
            await person.join(stage.room)
        voice = await stage.join()
        talks = zip(people, LINES.values(), strict=True)
        await asyncio.gather(
            *(p.say(tone(300 + 40 * i, 0.6), line) for i, (p, line) in enumerate(talks))
        )
        for i, (person, (name, faults)) in enumerate(zip(people, LINES.items(), strict=True)):
            complete = not (faults.loss or faults.reorder or faults.jitter_ms)
            await stage.sink.until_speech(person.id, 600 if complete else 540)
            pcm = stage.sink.pcm(person.id, SPEECH, FrameKind.CONCEALED)
            assert pitch(pcm[1600:-800]) == pytest.approx(300 + 40 * i, abs=6), name
            assert len(pcm) <= 9600, "never more than was said"
            if complete:
                assert FrameKind.CONCEALED not in stage.sink.kinds(person.id), name
        assert not voice.counters.dave_fail
        assert voice.counters.duplicate >= 3
        assert voice.counters.empty >= 3
        assert voice.counters.fec >= 3


async def test_two_unnamed_speakers_are_told_apart() -> None:
    async with receive_stage() as stage:
        await stage.ann.join(stage.room, announce=False)
        await stage.ben.join(stage.room, announce=False)
        voice = await stage.join()
        await asyncio.gather(stage.ann.say(tone(440, 0.2)), stage.ben.say(tone(700, 0.2)))
        for person, hz in ((stage.ann, 440), (stage.ben, 700)):
            await stage.sink.until_end_of_talk(person.id)
            assert stage.sink.speech_ms(person.id) == 200
            assert pitch(stage.sink.pcm(person.id, SPEECH)[640:]) == pytest.approx(hz, abs=8)
        assert voice.counters.attributed == 2


async def test_without_encryption_speech_waits_for_a_late_name() -> None:
    async with receive_stage(dave=False) as stage:
        await stage.ann.join(stage.room, announce=False)
        await stage.ben.join(stage.room, announce=False)
        await stage.join()
        await stage.ann.say(tone(440, 0.2))
        assert stage.sink.frames == []
        await stage.ann.announce()
        await stage.sink.until_end_of_talk(stage.ann.id)
        assert stage.sink.speech_ms(stage.ann.id) == 200


async def test_without_encryption_the_only_other_person_needs_no_name() -> None:
    async with receive_stage(dave=False) as stage:
        await stage.ann.join(stage.room, announce=False)
        await stage.join()
        await stage.ann.say(tone(440, 0.6))
        await stage.sink.until_end_of_talk(stage.ann.id)
        assert stage.sink.speech_ms(stage.ann.id) == 600


async def test_people_come_and_go_and_no_word_is_lost() -> None:
    async with receive_stage() as stage:
        await stage.ann.join(stage.room)
        voice = await stage.join()
        others = [stage.sim.add_person(stage.guild, f"guest {n}") for n in range(4)]

        async def churn() -> None:
            for n in range(8):
                guest = others[n % 4]
                await (guest.leave() if guest.channel else guest.join(stage.room))
                await stage.sink.until_speech(stage.ann.id, 100 * (n + 1))

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(churn())
            tasks.create_task(stage.ann.say(tone(440, 1.0)))
        await stage.sink.until_end_of_talk(stage.ann.id)
        assert stage.sink.ms(stage.ann.id, SPEECH) == 1000
        assert voice.counters.concealed == voice.counters.fec == 0
        await stage.sink.until_left(1)


@pytest.mark.parametrize(("late_s", "speech_s"), [(0.1, 0.4), (0.5, 0.8)])
async def test_a_late_commit_loses_no_speech(late_s: float, speech_s: float) -> None:
    async with receive_stage() as stage:
        await stage.ann.join(stage.room)
        voice = await stage.join()
        stage.sim.faults.stall_commits_s = late_s
        talk = asyncio.create_task(stage.ann.say(tone(440, speech_s)))
        await stage.sink.until_speech(stage.ann.id, 100)
        await stage.ben.join(stage.room)
        await talk
        await stage.sink.until_end_of_talk(stage.ann.id)
        assert stage.sink.ms(stage.ann.id, SPEECH) == 1000 * speech_s
        assert voice.counters.rescued > 0


@pytest.mark.parametrize("announced", [True, False])
async def test_a_new_stream_of_the_same_person(announced: bool) -> None:
    async with receive_stage() as stage:
        await stage.ann.join(stage.room)
        await stage.join()
        await stage.ann.say(tone(440, 0.1))
        await stage.sink.until_end_of_talk(stage.ann.id)
        stage.ann.renew_ssrc()
        if announced:
            await stage.ann.announce()
        await stage.ann.say(tone(440, 0.1))
        await stage.sink.until_end_of_talk(stage.ann.id, ends=2)
        assert stage.sink.ms(stage.ann.id, SPEECH) == 200


async def test_sequence_and_timestamp_wrap() -> None:
    async with receive_stage() as stage:
        await stage.ann.join(stage.room)
        voice = await stage.join()
        stage.ann._sequence, stage.ann._timestamp = 0xFFFA, 0xFFFF_F000
        await stage.ann.say(tone(440, 0.2))
        await stage.sink.until_end_of_talk(stage.ann.id)
        assert stage.sink.ms(stage.ann.id, SPEECH) == 200
        assert voice.counters.late == 0


async def test_the_bot_hears_after_moves_to_a_stage_and_back() -> None:
    async with receive_stage() as stage:
        other = stage.guild.add_voice_channel("other")
        stage_channel = stage.guild.add_stage_channel("stage")
        await stage.ann.join(stage.room)
        voice = await stage.join()
        for ends, target in enumerate((other, stage.room, stage_channel, stage.room), 1):
            started = time.monotonic()
            if target is other:
                stage.sim.drag(target)
            else:
                await voice.move_to(stage.channel(target), timeout=5)
            await stage.ann.join(target)
            await stage.sim.wait_for_call(target)
            assert await voice.wait_until_heard(3)
            assert time.monotonic() - started < 2, "stock discord.py takes up to 30 s"
            await stage.ann.say(tone(440, 0.1))
            await stage.sink.until_end_of_talk(stage.ann.id, ends)
            assert stage.sink.ms(stage.ann.id, SPEECH) == 100 * ends
            assert voice.problem(time.monotonic() + 60) is None
        assert stage.sink.left, "who stayed behind in the room was reported"


async def test_another_voice_server() -> None:
    async with receive_stage() as stage:
        await stage.ann.join(stage.room)
        voice = await stage.join()
        await stage.ann.say(tone(440, 0.1))
        await stage.sink.until_end_of_talk(stage.ann.id)
        stage.sim.change_voice_server(stage.guild)
        await voice.until_session(2)
        await stage.sim.wait_for_call(stage.room)
        assert await voice.wait_until_heard(3)
        await stage.ann.say(tone(440, 0.1))
        await stage.sink.until_end_of_talk(stage.ann.id, ends=2)
        assert stage.sink.ms(stage.ann.id, SPEECH) == 200


@pytest.mark.parametrize("keepalive_s", [0.05, 60.0])
async def test_the_keepalive_keeps_the_route_open(keepalive_s: float) -> None:
    class Client(WatchedClient):
        KEEPALIVE_S = keepalive_s

    async with receive_stage() as stage:
        stage.sim.faults.udp_idle_limit_s = 0.15
        await stage.ann.join(stage.room)
        await stage.join(cls=Client)
        await stage.ann.send_silence(12)
        stage.sink.frames.clear()
        await stage.ann.say(tone(440, 0.1))
        if keepalive_s < 1:
            await stage.sink.until_end_of_talk(stage.ann.id)
            assert stage.sink.ms(stage.ann.id, SPEECH) == 100
        else:
            assert stage.sink.frames == [], "without it the simulated route is lost"


async def test_cameras_rtcp_and_bots_do_not_interfere() -> None:
    async with receive_stage() as stage:
        music = stage.sim.add_person(stage.guild, "Music", bot=True)
        for person in (stage.ann, stage.ben, music):
            await person.join(stage.room)
        voice = await stage.join()

        async def video() -> None:
            for payload_type in (101, 102, 103, 104, 105, 72, 73):
                for _ in range(10):
                    stage.ben.send_foreign(payload_type)
            await stage.ben.send_silence(10)

        await asyncio.gather(stage.ann.say(tone(440, 0.2)), music.say(tone(600, 0.2)), video())
        await stage.sink.until_end_of_talk(stage.ann.id)
        assert stage.sink.ms(stage.ann.id, SPEECH) == 200
        assert stage.sink.ms(music.id) == 0
        assert voice.counters.not_audio >= 70
        assert voice.counters.ignored >= 10
        assert stage.sink.ms(stage.ben.id, SPEECH) == 0


async def test_an_ignored_user_is_not_decoded() -> None:
    async with receive_stage() as stage:
        await stage.ann.join(stage.room)
        await stage.ben.join(stage.room)
        voice = await stage.join()
        voice.ignored_users.add(stage.ann.id)
        await stage.ann.say(tone(440, 0.1))
        await stage.ben.say(tone(440, 0.1))
        await stage.sink.until_end_of_talk(stage.ben.id)
        assert stage.sink.ms(stage.ann.id) == 0
        assert voice.counters.ignored == 10


async def test_the_group_ends_and_begins_as_others_leave_and_join() -> None:
    """A bot alone has no encryption group; the group begins and ends as others join and leave."""
    async with receive_stage() as stage:
        voice = await stage.join()
        for ends, person in enumerate((stage.ann, stage.ben), 1):
            await person.join(stage.room)
            await stage.sim.wait_for_call(stage.room)
            assert await voice.wait_until_heard(3)
            await person.say(tone(440, 0.1))
            await stage.sink.until_end_of_talk(person.id)
            await person.leave()
            await stage.sink.until_left(ends)
            assert await voice.wait_until_heard(3), "alone, no group is needed"
        assert stage.sink.left == [stage.ann.id, stage.ben.id]


async def test_a_damaged_welcome_is_survived() -> None:
    async with receive_stage() as stage:
        await stage.ann.join(stage.room)
        stage.sim.faults.corrupt_welcomes = 1
        await stage.join()
        await stage.ann.say(tone(440, 0.1))
        await stage.sink.until_end_of_talk(stage.ann.id)
        assert stage.sink.ms(stage.ann.id, SPEECH) == 100


async def test_speech_that_cannot_be_decrypted_is_a_problem() -> None:
    async with receive_stage() as stage:
        await stage.ann.join(stage.room)
        voice = await stage.join()
        await stage.ann.say(tone(440, 0.52), LineFaults(unencrypted=True))
        now = time.monotonic()
        assert voice.problem(now) is None, "not yet"
        reason = voice.problem(now + 3)
        assert reason is not None
        assert "DAVE key: 26" in str(reason)
        assert stage.sink.ms(stage.ann.id, SPEECH) == 0
        await stage.ann.say(tone(440, 0.1))
        await stage.sink.until_end_of_talk(stage.ann.id)
        assert voice.problem(now + 10) is None
