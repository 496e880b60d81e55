"""Recordings through a room, in virtual time, with espeak and the fixture model."""

from __future__ import annotations

import errno
import io
import json
import shutil
import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import run as command_line
from app.replay.cli import run_replay
from app.replay.options import ReplayOptions, UnusableReplay
from app.replay.report import ReplayEvent
from models.settings import ModelsSettings
from pipeline.audio import HEARD_RATE
from pipeline.settings import PipelineSettings, SttSettings
from server.audio.resample import Resampler, mono_frame
from server.engines.espeak import EspeakEngine, EspeakVoice
from server.settings import ServerSettings
from settings import Settings
from testing.fresh_process import in_a_fresh_process
from testing.transcription import to_16k

SETTINGS = Settings(
    models=ModelsSettings(),
    pipeline=PipelineSettings(stt=SttSettings(model_size="fixture", language="en")),
    server=ServerSettings(engine="espeak"),
)


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """alice.wav asks a question; bob.wav talks to Alice later."""
    folder = tmp_path_factory.mktemp("recordings")
    in_a_fresh_process(write_all, folder)
    return folder


def write_all(folder: Path) -> None:
    with EspeakEngine() as engine:
        write(engine, folder / "alice.wav", 0.5, "Jarvis, what time is it?", "f4")
        write(engine, folder / "bob.wav", 6.0, "Alice, are you coming to the party?", "m7")


def write(engine: EspeakEngine, path: Path, begins_s: float, text: str, variant: str) -> None:
    voice = EspeakVoice("en-us", variant, 160, 50)
    pcm = np.frombuffer(b"".join(engine.synthesize(text, voice)), np.int16)
    resampler = Resampler()
    at_48k = np.concatenate([resampler.feed(mono_frame(pcm, engine.rate)), resampler.finish()])
    sound = (to_16k(at_48k) * 32767).astype(np.int16)
    silence = np.zeros(int(begins_s * HEARD_RATE), np.int16)
    write_wav(path, np.concatenate([silence, sound]))


def write_wav(path: Path, audio: NDArray[np.int16]) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, HEARD_RATE, 0, "NONE", ""))
        file.writeframes(audio.tobytes())


def run(paths: tuple[Path, ...], **options: object) -> tuple[int, str]:
    out = io.StringIO()
    status = run_replay(SETTINGS, ReplayOptions(paths, **options), out)  # type: ignore[arg-type]
    return status, out.getvalue()


def test_two_runs_give_the_same_events(recordings: Path) -> None:
    paths = (recordings / "alice.wav", recordings / "bob.wav")
    status, first = in_a_fresh_process(run, paths, json=True, answer="It is half past seven.")
    again = in_a_fresh_process(run, paths, json=True, answer="It is half past seven.")
    assert again == (status, first) == (0, first)
    events = [json.loads(line) for line in first.splitlines()]
    kinds = [event["event"] for event in events if event.get("speaker") == "alice"]
    assert kinds == [
        "speech_began", "paused", "paused", "sent", "turn_ended", "heard", "decided",
        "reply_began", "reply_ended",
    ]  # fmt: skip
    ended = next(event for event in events if event["event"] == "reply_ended")
    assert ended["heard"] == "It is half past seven."
    decided = {event["speaker"]: event for event in events if event["event"] == "decided"}
    assert (decided["alice"]["addressed"], decided["bob"]["addressed"]) == (True, False)
    assert decided["alice"]["score"] > 0.9


def test_events_are_in_the_order_of_their_times(recordings: Path) -> None:
    # Bob speaks while Alice is answered: that he began is known later than that the reply ducked.
    paths = (recordings / "alice.wav", recordings / "bob.wav")
    _, printed = in_a_fresh_process(run, paths, json=True, answer=" ".join(["word"] * 40))
    events = [json.loads(line) for line in printed.splitlines()]
    assert "ducked" in {event["event"] for event in events}
    times = [event["at"] for event in events]
    assert times == sorted(times)


def test_an_answer_that_takes_long_is_waited_for_and_heard_to_its_end(recordings: Path) -> None:
    paths = (recordings / "alice.wav",)
    answer = " ".join(["word"] * 40)
    _, printed = in_a_fresh_process(run, paths, json=True, answer=answer, answer_after_s=900.0)
    events = [json.loads(line) for line in printed.splitlines()]
    ended = [event for event in events if event["event"] == "reply_ended"]
    assert [event["interrupted"] for event in ended] == [False]
    assert ended[0]["at"] > 900
    assert len(ended[0]["heard"].split()) == 40


class Full(io.StringIO):
    """An output that can be written once."""

    writes = 0

    def write(self, text: str) -> int:
        self.writes += 1
        if self.writes > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return super().write(text)


def replay_to_a_full_disk(path: Path) -> int:
    out = Full()
    with pytest.raises(OSError, match="No space left"):
        run_replay(SETTINGS, ReplayOptions((path,), json=True), out)
    return out.writes


def test_an_output_that_cannot_be_written_ends_the_replay_at_once(recordings: Path) -> None:
    assert in_a_fresh_process(replay_to_a_full_disk, recordings / "alice.wav") == 2


def test_replay_says_that_a_recording_has_no_speech(tmp_path: Path) -> None:
    write_wav(tmp_path / "silent.wav", np.zeros(HEARD_RATE, np.int16))
    assert run((tmp_path / "silent.wav",)) == (
        0,
        "The recordings have no speech, so there are no events.\n",
    )
    assert run((tmp_path / "silent.wav",), json=True) == (0, "")


def test_a_suite_passes_or_shows_what_differs(recordings: Path) -> None:
    (recordings / "right.yaml").write_text(
        "files: [alice.wav]\nexpect:\n  - {event: decided, speaker: alice, addressed: true}\n"
    )
    (recordings / "wrong.yaml").write_text(
        "files: [alice.wav]\nexpect:\n  - {event: reply_began, agent: sage}\n"
    )
    status, printed = run((recordings,))
    assert status == 1
    assert "passed  right" in printed
    assert "FAILED  wrong" in printed
    assert "expected reply_began with agent 'sage'; the reply_began events were:" in printed
    assert "1 of 2 cases passed" in printed


def test_a_suite_as_json_is_an_object_a_case(recordings: Path, tmp_path: Path) -> None:
    folder = tmp_path / "suite"
    folder.mkdir()
    shutil.copy(recordings / "alice.wav", folder)
    (folder / "right.yaml").write_text(
        "files: [alice.wav]\nexpect:\n  - {event: decided, addressed: true}\n"
    )
    (folder / "wrong.yaml").write_text(
        "files: [alice.wav]\nexpect:\n  - {event: reply_began, agent: sage}\n"
    )
    status, printed = run((folder,), json=True)
    cases = [json.loads(line) for line in printed.splitlines()]
    assert status == 1
    assert [(case["case"], case["passed"], case["failed"]) for case in cases] == [
        ("right", True, []),
        ("wrong", False, ["reply_began with agent 'sage'"]),
    ]
    assert "decided" in {event["event"] for event in cases[0]["events"]}


def no_models(*_: object) -> object:
    raise AssertionError("the models are loaded")


@pytest.fixture
def without_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused is refused before any model is loaded."""
    monkeypatch.setattr("app.replay.runs.open_hearing", no_models)


@pytest.mark.usefixtures("without_models")
def test_bad_recordings_of_all_cases_are_told_before_any_runs(tmp_path: Path) -> None:
    write_wav(tmp_path / "good.wav", np.zeros(HEARD_RATE, np.int16))
    (tmp_path / "bad.wav").touch()
    (tmp_path / "a.yaml").write_text("files: [good.wav]\nexpect: [{event: heard}]\n")
    (tmp_path / "b.yaml").write_text("files: [bad.wav, good.wav]\nexpect: [{event: heard}]\n")
    (tmp_path / "c.yml").write_text(
        "files: [good.wav]\nexpect: [{event: reply_began, agent: jarviss, never: true}]\n"
    )
    with pytest.raises(UnusableReplay) as refused:
        run((tmp_path,))
    first, second = str(refused.value).splitlines()
    assert first == f"{tmp_path}/b.yaml: {tmp_path}/bad.wav is empty"
    assert second.startswith(f"{tmp_path}/c.yml: expectation 1, agent: there is no agent 'jarviss'")
    assert second.endswith("did you mean jarvis?")


def test_cases_whose_names_differ_in_the_ending_are_told_apart(
    recordings: Path, tmp_path: Path
) -> None:
    shutil.copy(recordings / "alice.wav", tmp_path)
    for name in ("good.yaml", "good.yml", "other.yml"):
        (tmp_path / name).write_text("files: [alice.wav]\nexpect: [{event: heard}]\n")
    _, printed = in_a_fresh_process(run, (tmp_path,))
    *cases, _ = printed.splitlines()
    assert cases == ["passed  good.yaml", "passed  good.yml", "passed  other"]


@pytest.mark.usefixtures("without_models")
def test_an_unknown_agent_of_a_case_is_refused_before_any_case_runs(tmp_path: Path) -> None:
    (tmp_path / "a.wav").touch()
    (tmp_path / "case.yaml").write_text(
        "files: [a.wav]\nagents: [friday]\nexpect: [{event: heard}]\n"
    )
    with pytest.raises(UnusableReplay, match=r"case\.yaml: the settings have no agent 'friday'"):
        run((tmp_path,))


def test_an_event_for_people_stays_on_its_line() -> None:
    event = ReplayEvent(1.0, "heard", "al\nice", {"text": "one\x1b[2J two"})
    assert event.as_text() == r"    1.00 s  al\nice      heard         text: “one\x1b[2J two”"


@pytest.mark.usefixtures("without_models")
def test_arguments_that_do_not_fit_are_refused(recordings: Path, tmp_path: Path) -> None:
    with pytest.raises(UnusableReplay, match="either recordings or one folder"):
        run((recordings, recordings / "alice.wav"))
    with pytest.raises(UnusableReplay, match="two recordings are of alice"):
        run((recordings / "alice.wav", recordings / "alice.wav"))
    with pytest.raises(UnusableReplay, match="no agent 'friday'"):
        run((recordings / "alice.wav",), agents=("friday",))
    with pytest.raises(UnusableReplay, match="leave --answer and --answer-after out"):
        run((recordings / "alice.wav",), gateway=True, answer="hi")
    with pytest.raises(UnusableReplay, match="leave --gateway out"):
        run((tmp_path,), gateway=True)


def test_no_agent_at_all_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command_line.main(["replay", "a.wav", "--agents", " ,"])
    assert "has no name" in capsys.readouterr().err


def test_a_gateway_that_cannot_be_reached_ends_the_replay(
    recordings: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("app.replay.runs.speech_models", no_models)
    monkeypatch.setenv("OPENCLAW_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("OPENCLAW__RETRY_TIMEOUT", "1")
    assert command_line.main(["replay", "--gateway", str(recordings / "alice.wav")]) == 1
    assert "127.0.0.1:9" in capsys.readouterr().err
