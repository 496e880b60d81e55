"""The whole receive path behind an unmodified discord.py, in a call with real encryption."""

from __future__ import annotations

import asyncio
import time

import pytest

from discord_bot.receive import FrameKind
from simulators.discord import LineFaults
from tests.discord_bot.receive.call_stage import WatchedClient, house
from tests.discord_bot.receive.packets import pitch, tone

SPEECH = FrameKind.SPEECH


@pytest.mark.parametrize("dave", [True, False])
async def test_a_person_is_heard(dave: bool) -> None:
    async with house(dave=dave) as home:
        await home.ann.join(home.room)
        voice = await home.join()
        await home.ann.say(tone(440, 0.2))
        await home.ear.until_end_of_talk(home.ann.id)
        assert home.ear.kinds(home.ann.id) == [SPEECH] * 10 + [FrameKind.SILENCE] * 5
        assert pitch(home.ear.pcm(home.ann.id, SPEECH)[640:]) == pytest.approx(440, abs=5)
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
    async with house(dave=dave) as home:
        people = [home.sim.add_person(home.guild, name) for name in LINES]
        for person in people:
            await person.join(home.room)
        voice = await home.join()
        talks = zip(people, LINES.values(), strict=True)
        await asyncio.gather(
            *(p.say(tone(300 + 40 * i, 0.6), line) for i, (p, line) in enumerate(talks))
        )
        for i, (person, (name, faults)) in enumerate(zip(people, LINES.items(), strict=True)):
            complete = not (faults.loss or faults.reorder or faults.jitter_ms)
            await home.ear.until_speech(person.id, 600 if complete else 540)
            pcm = home.ear.pcm(person.id, SPEECH, FrameKind.CONCEALED)
            assert pitch(pcm[1600:-800]) == pytest.approx(300 + 40 * i, abs=6), name
            assert len(pcm) <= 9600, "never more than was said"
            if complete:
                assert FrameKind.CONCEALED not in home.ear.kinds(person.id), name
        assert not voice.counters.dave_fail
        assert voice.counters.duplicate >= 3
        assert voice.counters.empty >= 3
        assert voice.counters.fec >= 3


async def test_two_unnamed_speakers_are_told_apart() -> None:
    async with house() as home:
        await home.ann.join(home.room, announce=False)
        await home.ben.join(home.room, announce=False)
        voice = await home.join()
        await asyncio.gather(home.ann.say(tone(440, 0.2)), home.ben.say(tone(700, 0.2)))
        for person, hz in ((home.ann, 440), (home.ben, 700)):
            await home.ear.until_end_of_talk(person.id)
            assert home.ear.speech_ms(person.id) == 200
            assert pitch(home.ear.pcm(person.id, SPEECH)[640:]) == pytest.approx(hz, abs=8)
        assert voice.counters.attributed == 2


async def test_without_encryption_speech_waits_for_a_late_name() -> None:
    async with house(dave=False) as home:
        await home.ann.join(home.room, announce=False)
        await home.ben.join(home.room, announce=False)
        await home.join()
        await home.ann.say(tone(440, 0.2))
        assert home.ear.frames == []
        await home.ann.announce()
        await home.ear.until_end_of_talk(home.ann.id)
        assert home.ear.speech_ms(home.ann.id) == 200


async def test_without_encryption_the_only_other_person_needs_no_name() -> None:
    async with house(dave=False) as home:
        await home.ann.join(home.room, announce=False)
        await home.join()
        await home.ann.say(tone(440, 0.6))
        await home.ear.until_end_of_talk(home.ann.id)
        assert home.ear.speech_ms(home.ann.id) == 600


async def test_people_come_and_go_and_no_word_is_lost() -> None:
    async with house() as home:
        await home.ann.join(home.room)
        voice = await home.join()
        others = [home.sim.add_person(home.guild, f"guest {n}") for n in range(4)]

        async def churn() -> None:
            for n in range(8):
                guest = others[n % 4]
                await (guest.leave() if guest.channel else guest.join(home.room))
                await home.ear.until_speech(home.ann.id, 100 * (n + 1))

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(churn())
            tasks.create_task(home.ann.say(tone(440, 1.0)))
        await home.ear.until_end_of_talk(home.ann.id)
        assert home.ear.ms(home.ann.id, SPEECH) == 1000
        assert voice.counters.concealed == voice.counters.fec == 0
        assert home.ear.gone


@pytest.mark.parametrize(("late_s", "speech_s"), [(0.1, 0.4), (0.5, 0.8)])
async def test_a_late_commit_loses_no_speech(late_s: float, speech_s: float) -> None:
    async with house() as home:
        await home.ann.join(home.room)
        voice = await home.join()
        home.sim.faults.stall_commits_s = late_s
        talk = asyncio.create_task(home.ann.say(tone(440, speech_s)))
        await home.ear.until_speech(home.ann.id, 100)
        await home.ben.join(home.room)
        await talk
        await home.ear.until_end_of_talk(home.ann.id)
        assert home.ear.ms(home.ann.id, SPEECH) == 1000 * speech_s
        assert voice.counters.rescued >= late_s / 0.02 - 3


@pytest.mark.parametrize("announced", [True, False])
async def test_a_new_stream_of_the_same_person(announced: bool) -> None:
    async with house() as home:
        await home.ann.join(home.room)
        await home.join()
        await home.ann.say(tone(440, 0.1))
        await home.ear.until_end_of_talk(home.ann.id)
        home.ann.renew_ssrc()
        if announced:
            await home.ann.announce()
        await home.ann.say(tone(440, 0.1))
        await home.ear.until_end_of_talk(home.ann.id, ends=2)
        assert home.ear.ms(home.ann.id, SPEECH) == 200


async def test_sequence_and_timestamp_wrap() -> None:
    async with house() as home:
        await home.ann.join(home.room)
        voice = await home.join()
        home.ann._sequence, home.ann._timestamp = 0xFFFA, 0xFFFF_F000
        await home.ann.say(tone(440, 0.2))
        await home.ear.until_end_of_talk(home.ann.id)
        assert home.ear.ms(home.ann.id, SPEECH) == 200
        assert voice.counters.late == 0


async def test_the_bot_hears_after_moves_to_a_stage_and_back() -> None:
    async with house() as home:
        other = home.guild.add_voice_channel("other")
        stage = home.guild.add_stage_channel("stage")
        await home.ann.join(home.room)
        voice = await home.join()
        for ends, target in enumerate((other, home.room, stage, home.room), 1):
            started = time.monotonic()
            if target is other:
                home.sim.drag(target)
            else:
                await voice.move_to(home.channel(target), timeout=5)
            await home.ann.join(target)
            await home.sim.wait_for_call(target)
            assert await voice.wait_until_heard(3)
            assert time.monotonic() - started < 2, "stock discord.py takes up to 30 s"
            await home.ann.say(tone(440, 0.1))
            await home.ear.until_end_of_talk(home.ann.id, ends)
            assert home.ear.ms(home.ann.id, SPEECH) == 100 * ends
            assert voice.problem(time.monotonic() + 60) is None
        assert home.ear.gone, "who stayed behind in the room was reported"


async def test_another_voice_server() -> None:
    async with house() as home:
        await home.ann.join(home.room)
        voice = await home.join()
        await home.ann.say(tone(440, 0.1))
        await home.ear.until_end_of_talk(home.ann.id)
        home.sim.change_voice_server(home.guild)
        await voice.until_session(2)
        await home.sim.wait_for_call(home.room)
        assert await voice.wait_until_heard(3)
        await home.ann.say(tone(440, 0.1))
        await home.ear.until_end_of_talk(home.ann.id, ends=2)
        assert home.ear.ms(home.ann.id, SPEECH) == 200


@pytest.mark.parametrize("keepalive_s", [0.05, 60.0])
async def test_the_keepalive_keeps_the_route_open(keepalive_s: float) -> None:
    class Client(WatchedClient):
        KEEPALIVE_S = keepalive_s

    async with house() as home:
        home.sim.faults.udp_idle_limit_s = 0.15
        await home.ann.join(home.room)
        await home.join(cls=Client)
        await home.ann.send_silence(12)
        home.ear.frames.clear()
        await home.ann.say(tone(440, 0.1))
        if keepalive_s < 1:
            await home.ear.until_end_of_talk(home.ann.id)
            assert home.ear.ms(home.ann.id, SPEECH) == 100
        else:
            assert home.ear.frames == [], "so the simulated route really dies without"


async def test_cameras_rtcp_and_bots_do_not_interfere() -> None:
    async with house() as home:
        music = home.sim.add_person(home.guild, "Music", bot=True)
        for person in (home.ann, home.ben, music):
            await person.join(home.room)
        voice = await home.join()

        async def video() -> None:
            for payload_type in (101, 102, 103, 104, 105, 72, 73):
                for _ in range(10):
                    home.ben.send_foreign(payload_type)
            await home.ben.send_silence(10)

        await asyncio.gather(home.ann.say(tone(440, 0.2)), music.say(tone(600, 0.2)), video())
        await home.ear.until_end_of_talk(home.ann.id)
        assert home.ear.ms(home.ann.id, SPEECH) == 200
        assert home.ear.ms(music.id) == 0
        assert voice.counters.not_audio >= 70
        assert voice.counters.ignored >= 10
        assert home.ear.ms(home.ben.id, SPEECH) == 0


async def test_an_ignored_user_is_not_decoded() -> None:
    async with house() as home:
        await home.ann.join(home.room)
        await home.ben.join(home.room)
        voice = await home.join()
        voice.ignored_users.add(home.ann.id)
        await home.ann.say(tone(440, 0.1))
        await home.ben.say(tone(440, 0.1))
        await home.ear.until_end_of_talk(home.ben.id)
        assert home.ear.ms(home.ann.id) == 0
        assert voice.counters.ignored == 10


async def test_the_group_ends_and_begins_as_others_leave_and_join() -> None:
    """Alone there is no encryption group; it is made and unmade as people come and go."""
    async with house() as home:
        voice = await home.join()
        for ends, person in enumerate((home.ann, home.ben), 1):
            await person.join(home.room)
            await home.sim.wait_for_call(home.room)
            assert await voice.wait_until_heard(3)
            await person.say(tone(440, 0.1))
            await home.ear.until_end_of_talk(person.id)
            await person.leave()
            await home.ear.until_gone(ends)
            assert await voice.wait_until_heard(3), "alone, nobody needs to hear"
        assert home.ear.gone == [home.ann.id, home.ben.id]


async def test_a_damaged_welcome_is_survived() -> None:
    async with house() as home:
        await home.ann.join(home.room)
        home.sim.faults.corrupt_welcomes = 1
        await home.join()
        await home.ann.say(tone(440, 0.1))
        await home.ear.until_end_of_talk(home.ann.id)
        assert home.ear.ms(home.ann.id, SPEECH) == 100


async def test_speech_that_cannot_be_decrypted_is_a_problem() -> None:
    async with house() as home:
        await home.ann.join(home.room)
        voice = await home.join()
        await home.ann.say(tone(440, 0.52), LineFaults(unencrypted=True))
        now = time.monotonic()
        assert voice.problem(now) is None, "not yet"
        reason = voice.problem(now + 3)
        assert reason is not None
        assert "DAVE key: 26" in reason
        assert home.ear.ms(home.ann.id, SPEECH) == 0
        await home.ann.say(tone(440, 0.1))
        await home.ear.until_end_of_talk(home.ann.id)
        assert voice.problem(now + 10) is None
