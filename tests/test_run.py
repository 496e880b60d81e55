from __future__ import annotations

import asyncio
import itertools
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import httpx
import pytest

import run
from app.cli import speech_commands
from app.cli.running import FAILED, run_until_stopped
from openclaw_client import OpenClawError
from settings import Settings

ROOT = Path(run.__file__).parent


@pytest.fixture(autouse=True)
def keep_the_process_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`main` is for a process of its own: here its traces must not reach other tests.

    Nor do the config.yaml and .env of whoever runs them reach these.
    """
    monkeypatch.setattr("settings.HOME", tmp_path)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    monkeypatch.setattr("logs.set_up_logging", lambda level, **_: None)


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "run.py"), *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_what_an_error_quotes_cannot_move_the_terminal_or_pass_for_a_line_of_ours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> object:
        raise OpenClawError("the Gateway says: \x1b[2J\u202eno\r\nrun.py: forged")

    monkeypatch.setattr(speech_commands, "prepare", fail)
    assert run.main(["serve"]) == FAILED
    err = capsys.readouterr().err
    assert err == "run.py: the Gateway says: \\x1b[2J\\u202eno\\r\n  run.py: forged\n"


def test_help_names_every_command() -> None:
    done = command("--help")
    assert done.returncode == 0
    commands = ("bot", "demo", "doctor", "models", "nodes", "serve", "speakable", "transcribe")
    for name in (*commands, "--config", "--log-level"):
        assert name in done.stdout


def test_models_and_doctor_do_without_the_bot() -> None:
    code = (
        "import sys, run, app.doctor\n"
        "status = run.main(['models', 'list', 'fixture'])\n"
        "sys.exit('the whole bot was imported' if 'app.services' in sys.modules else status)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, run\n"
        "try: run.main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'discord', 'numpy', 'pydantic', 'yaml', 'httpx'} & set(sys.modules)\n"
        "sys.exit(f'imported: {heavy}' if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out.startswith("openclaw-voice 0.")


@pytest.mark.parametrize("arguments", [["--nonsense"], ["serve", "extra"], ["sing"]])
def test_an_unknown_argument_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run.main(arguments)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["bot"]])
def test_without_a_token_the_bot_says_where_to_get_one(
    arguments: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISCORD_BOT_TOKEN", raising=False)
    assert run.main(arguments) == 2
    words = capsys.readouterr().err
    assert "https://discord.com/developers/applications" in words
    assert "DISCORD_BOT_TOKEN" in words
    assert "run.py demo` needs no token" in words


def test_unusable_settings_end_with_their_list(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("pipeline: {stt: {device: gpu}}")
    for arguments in (["--config", str(config)], ["serve", "--config", str(config)]):
        assert run.main(arguments) == 2
        words = capsys.readouterr().err
        assert "config.yaml line 1: pipeline.stt.device" in words
        assert "Traceback" not in words


def test_the_bot_runs_with_the_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[Settings] = []
    levels: list[str] = []

    async def run_bot(settings: Settings, start: object = None) -> int:
        seen.append(settings)
        return 3

    process = ModuleType("app.process")
    process.run_bot = run_bot  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "app.process", process)

    def set_up(level: str, *, form: str, speech: bool) -> None:
        levels.append(f"{level} {form} {speech}")

    monkeypatch.setattr("logs.set_up_logging", set_up)
    monkeypatch.setenv("DISCORD_BOT_TOKEN", "a.b.c")
    config = tmp_path / "config.yaml"
    config.write_text("logging: {level: ERROR, format: json}\nopenclaw: {agent_id: sage}")

    assert run.main(["--config", str(config), "--log-level", "warning"]) == 3
    assert seen[0].openclaw.agent_id == "sage"
    assert levels == ["WARNING json False"]


def test_the_demo_gets_its_arguments_untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []

    def demo(argv: list[str]) -> int:
        seen.append(argv)
        return 1

    cli = ModuleType("demo.cli")
    cli.main = demo  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "demo.cli", cli)
    assert run.main(["demo", "--help", "--scene", "two", "more"]) == 1
    assert run.main(["--config", "mine.yaml", "demo", "--no-dave"]) == 1
    assert seen == [["--help", "--scene", "two", "more"], ["--config", "mine.yaml", "--no-dave"]]


def test_ctrl_c_ends_a_command_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(argv: list[str]) -> int:
        raise KeyboardInterrupt

    cli = ModuleType("demo.cli")
    cli.main = interrupted  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "demo.cli", cli)
    assert run.main(["demo"]) == 130
    assert capsys.readouterr().err == "stopped\n"


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["models", "list", "fixture"], ["demo", "--help"], ["doctor"]],
)
@pytest.mark.parametrize("errors_too", [False, True])
def test_a_reader_that_is_gone_is_no_fault(arguments: list[str], errors_too: bool) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, str(ROOT / "run.py"), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=writer,
            stderr=writer if errors_too else subprocess.PIPE,
            env={**os.environ, "OPENCLAW_BASE_URL": "http://127.0.0.1:9"},
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writer)
    # argparse passes over the closed pipe itself.
    assert done.returncode in (0, 141)
    assert not done.stderr


def test_what_a_file_has_to_tell_is_logged_and_nothing_is_refused(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / ".env").write_text("TZ=Europe/Berlin\n")
    assert run.main(["models", "list", "fixture"]) == 0
    [record] = [each for each in caplog.records if each.name == "settings"]
    assert ".env line 1: TZ" in record.getMessage()


# Whoever runs the tests in the background may have had SIGINT ignored for all of its children.
_TAKE_SIGINT = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"


def test_models_are_listed_and_those_missing_are_a_failure_to_verify(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("MODELS__DIR", str(tmp_path))
    names = ["silero-vad", "smart-turn", "fixture"]
    assert run.main(["models", "list", *names]) == 0
    assert run.main(["models", "verify", *names]) == 1
    words = capsys.readouterr().out
    for name in ("silero-vad", "smart-turn", "whisper fixture"):
        assert words.count(name) >= 2


def test_a_list_has_the_models_that_are_named_or_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main(["models", "list", "kokoro"]) == 0
    words = capsys.readouterr().out
    assert "kokoro" in words
    assert "whisper" not in words
    assert "silero-vad" not in words
    assert run.main(["models", "list"]) == 0
    words = capsys.readouterr().out
    assert all(name in words for name in ("whisper", "silero-vad", "kokoro", "piper-joe"))


@pytest.mark.parametrize("action", ["list", "fetch", "verify"])
def test_an_unknown_model_is_refused_with_the_nearest_name(
    action: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.main(["models", action, "silero-vad", "kokro", "smal"]) == 2
    printed = capsys.readouterr()
    assert not printed.out
    assert "run.py: no model 'kokro'; did you mean kokoro?\n" in printed.err
    assert "  no model 'smal'; did you mean small?\n" in printed.err
    assert "large-v3-turbo" in printed.err


def test_an_unknown_option_shows_the_usage_of_its_command(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        run.main(["replay", "a.wav", "--jsn"])
    words = capsys.readouterr().err
    assert "usage: run.py replay" in words
    assert "--json" in words
    assert "run.py replay: error: unrecognized arguments: --jsn" in words


@pytest.mark.parametrize(
    "arguments", [["speak", "a\udcff", "-o", "a.wav"], ["transcribe", "a", "--language", "\udcff"]]
)
def test_text_that_is_not_utf_8_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run.main(arguments)
    assert ended.value.code == 2
    assert "is not UTF-8: " in capsys.readouterr().err


def test_an_error_that_says_what_to_do_is_said_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("SERVER_PORT", str(taken.getsockname()[1]))
        assert run.main(["serve"]) == 1
    words = capsys.readouterr().err
    assert words.startswith("run.py: ")
    assert "SERVER_PORT" in words
    assert "Traceback" not in words


def test_an_error_that_nobody_foresaw_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(argv: list[str]) -> int:
        raise ZeroDivisionError

    cli = ModuleType("demo.cli")
    cli.main = broken  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "demo.cli", cli)
    with pytest.raises(ZeroDivisionError):
        run.main(["demo"])


def test_the_speech_server_serves_until_it_is_stopped() -> None:
    with subprocess.Popen(
        [sys.executable, str(ROOT / "run.py"), "serve", "--log-level", "INFO"],
        env={
            **os.environ,
            "SERVER_PORT": "0",
            "SERVER_HOST": "127.0.0.1",
            "SERVER__ENGINE": "espeak",
            "SERVER__TRANSCRIPTION__ENABLED": "false",
        },
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        [listens] = itertools.islice((line for line in lines if "speech server on" in line), 1)
        url = listens.rpartition(": ")[0].split()[-1]
        assert httpx.get(f"{url}/health").status_code == 200
        process.send_signal(signal.SIGTERM)
        assert "Traceback" not in process.stderr.read()
        assert process.wait(timeout=10) == 0


SERVICE = """
import asyncio, sys
from app.cli.running import run_until_stopped

async def service():
    print("ready", flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await asyncio.sleep(0)
        print("closed", flush=True)

sys.exit(run_until_stopped(service()))
"""

COMMAND = """
import sys, threading, types, run

def main(argv):
    print("ready", flush=True)
    threading.Event().wait()

demo = types.ModuleType("demo.cli")
demo.main = main
sys.modules["demo.cli"] = demo
sys.exit(run.main(["demo"]))
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("code", "status", "said"), [(SERVICE, 0, "closed\n"), (COMMAND, 130, "stopped\n")]
)
def test_a_signal_lets_a_process_close_and_shows_no_traceback(
    code: str, status: int, said: str, number: signal.Signals
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _TAKE_SIGINT + code],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.stdout.read() == said
        assert process.wait(timeout=10) == status


async def _answer() -> int:
    await asyncio.sleep(0)
    return 7


def test_a_service_that_ends_by_itself_has_its_own_status() -> None:
    assert run_until_stopped(_answer()) == 7
