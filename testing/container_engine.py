"""A strict stand-in for docker and podman, for machines that have neither.

It takes the options that the jobs use, and no other, as podman 4.3 and docker 28 do; each engine
refuses the options of the other. A "container" is an ordinary process of this machine, so images
are names only. `install` writes it as a program; `python container_engine.py` is that program.
"""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

STATE: Final = "CONTAINERS_STAND_IN"
"""The variable with the folder of its state."""
_WITH_VALUE: Final = {
    "--name", "--pull", "--label", "--network", "--cap-drop", "--security-opt", "--pids-limit",
    "--tmpfs", "--cpus", "--memory", "--memory-swap", "--log-driver", "--log-opt", "--user",
    "--env",
}  # fmt: skip
_ALONE: Final = {"--detach", "--read-only"}
_ONLY: Final = {"podman": {"--timeout", "--device"}, "docker": {"--gpus"}}
_AT_ONCE: Final = {"podman": ["--time", "0"], "docker": []}
_REQUIRED: Final = {"--network", "--cap-drop", "--security-opt", "--pids-limit", "--memory"}


def install(folder: Path, engine: str, images: list[str]) -> dict[str, str]:
    """Write the program into ``folder``; the variables with which it is found."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / engine
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -S {__file__} {engine} "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    state = folder / "state"
    state.mkdir(exist_ok=True)
    (state / "images.json").write_text(json.dumps(images))
    return {STATE: str(state), "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


class EngineRefusal(Exception):
    """What the engine would not do; the text goes to standard error."""


def main(argv: list[str]) -> int:
    engine, action, *args = argv
    state = Path(os.environ[STATE])
    if action == "_supervise":
        return _supervise(Path(args[0]))
    with (state / "calls.jsonl").open("a") as calls:
        calls.write(json.dumps([action, *args]) + "\n")
    try:
        match action, args:
            case "run", _:
                return _run(engine, state, args)
            case "container", ["inspect", "--format", "{{json .State}}", name]:
                print(json.dumps(_state(_found(state, name))))  # noqa: T201
            case "image", ["inspect", "--format", "{{.Id}}", "--", image]:
                _check_image(engine, state, image)
            case "wait", [name]:
                print(_wait(_found(state, name)))  # noqa: T201
            case "stop", ["-t", seconds, name]:
                _stop(_found(state, name), float(seconds))
            case "rm", ["--force", *at_once, name] if at_once == _AT_ONCE[engine]:
                _remove(state, name)
            case "logs", ["--follow", "--timestamps", name]:
                _logs(_found(state, name))
            case "ps", ["--all", "--filter", wanted, "--format", "{{.Names}}"]:
                _ps(state, wanted)
            case "exec", [name, *command]:
                return _exec(_found(state, name), command)
            case "version", ["--format", _]:
                print("4.3.1")  # noqa: T201
            case _:
                raise EngineRefusal(f"unknown command or flags: {' '.join([action, *args])}")
    except EngineRefusal as error:
        sys.stderr.write(f"Error: {error}\n")
        return 125
    return 0


def _run(engine: str, state: Path, args: list[str]) -> int:
    options: dict[str, list[str]] = {}
    taken = _WITH_VALUE | _ONLY[engine]
    while args and args[0].startswith("-"):
        option, *args = args
        if option == "--":
            break
        if option in _ALONE:
            options[option] = []
        elif option in taken and args:
            value, *args = args
            options.setdefault(option, []).append(value)
        else:
            raise EngineRefusal(f"unknown flag: {option}")
    if missing := _REQUIRED - options.keys():
        raise EngineRefusal(f"the jobs always give {', '.join(sorted(missing))}")
    image, *command = args
    _check_image(engine, state, image)
    if not command:
        raise EngineRefusal(
            "no command or entrypoint provided, and no CMD or ENTRYPOINT from image"
        )
    folder = state / options["--name"][0]
    try:
        folder.mkdir()
    except FileExistsError:
        raise EngineRefusal(f'the container name "{folder.name}" is already in use') from None
    environ = dict(entry.partition("=")[::2] for entry in options.get("--env", []))
    made = {"command": command, "env": environ, "labels": options.get("--label", [])}
    (folder / "made.json").write_text(json.dumps(made))
    subprocess.Popen(
        [sys.executable, "-S", __file__, engine, "_supervise", str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while not (folder / "pid").exists():
        time.sleep(0.01)
    print(folder.name)  # noqa: T201
    return 0


def _supervise(folder: Path) -> int:
    """Run the program of a container, and write its log with times, and its end."""
    made = json.loads((folder / "made.json").read_text())
    try:
        process = subprocess.Popen(
            made["command"],
            env={"PATH": "/usr/bin:/bin", **made["env"]},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        (folder / "log").write_text(f"{_stamp()} {error}\n")
        _write(folder / "exit", "127")
        _write(folder / "pid", "0")
        return 0
    _write(folder / "pid", str(process.pid))
    assert process.stdout is not None
    with (folder / "log").open("ab", buffering=0) as log:
        for line in process.stdout:
            log.write(f"{_stamp()} ".encode() + line)
    status = process.wait()
    _write(folder / "exit", str(status if status >= 0 else 128 - status))
    return 0


def _stamp() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _write(path: Path, text: str) -> None:
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    draft.replace(path)


def _check_image(engine: str, state: Path, image: str) -> None:
    if image not in json.loads((state / "images.json").read_text()):
        unknown = {"podman": f"{image}: image not known", "docker": f"No such image: {image}"}
        raise EngineRefusal(unknown[engine])


def _found(state: Path, name: str) -> Path:
    if not (state / name / "made.json").exists():
        raise EngineRefusal(f'no container with name or ID "{name}" found: no such container')
    return state / name


def _exit_code(folder: Path) -> int | None:
    with suppress(OSError):
        return int((folder / "exit").read_text())
    return None


def _state(folder: Path) -> dict[str, Any]:
    code = _exit_code(folder)
    status = "running" if code is None else "exited"
    return {"Status": status, "Running": code is None, "ExitCode": code or 0, "Error": ""}


def _wait(folder: Path) -> int:
    while (code := _exit_code(folder)) is None:
        if not folder.exists():
            raise EngineRefusal(f'no container with name or ID "{folder.name}" found')
        time.sleep(0.02)
    return code


def _signal(folder: Path, sign: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(int((folder / "pid").read_text()), sign)


def _stop(folder: Path, seconds: float) -> None:
    end = time.monotonic() + seconds
    if _exit_code(folder) is None:
        _signal(folder, signal.SIGTERM)
    while _exit_code(folder) is None and time.monotonic() < end:
        time.sleep(0.02)
    if _exit_code(folder) is None:
        _signal(folder, signal.SIGKILL)
        _wait(folder)


def _remove(state: Path, name: str) -> None:
    try:
        folder = _found(state, name)
    except EngineRefusal:
        return  # both engines: no error with --force
    _stop(folder, 0)
    for each in folder.iterdir():
        each.unlink()
    folder.rmdir()
    print(name)  # noqa: T201


def _logs(folder: Path) -> None:
    while not (folder / "log").exists():
        if not folder.exists():
            return
        time.sleep(0.01)
    with (folder / "log").open("rb") as log:
        while True:
            over = _exit_code(folder) is not None or not folder.exists()
            if data := log.read():
                sys.stdout.buffer.write(data)
                sys.stdout.buffer.flush()
            elif over:
                return
            else:
                time.sleep(0.02)


def _ps(state: Path, wanted: str) -> None:
    for made in state.glob("*/made.json"):
        if wanted.removeprefix("label=") in json.loads(made.read_text())["labels"]:
            print(made.parent.name)  # noqa: T201


def _exec(folder: Path, command: list[str]) -> int:
    if _exit_code(folder) is not None:
        raise EngineRefusal("can only create exec sessions on running containers")
    try:
        return subprocess.run(command, check=False).returncode
    except OSError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 127


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
