"""The arguments of docker and podman, and what they read of our environment."""

from __future__ import annotations

import pytest

from fleet.jobs.engine import ContainerEngine, engine_environment, job_of
from fleet.jobs.errors import EngineFailed
from fleet.jobs.records import ContainerWork
from fleet.jobs.settings import ContainerSettings

ID = "0123456789ab"
WORK = ContainerWork(
    image="localhost/a:1", args=("--rm", "-v", "/:/host"), env=("A=--privileged",), cpus=0.5,
    memory_mb=64,
)  # fmt: skip


def run_args(gpus: tuple[int, ...] = (), **settings: object) -> list[str]:
    engine = ContainerEngine(
        ContainerSettings.model_validate(settings), "0ab1", log_bytes=2_000_000
    )
    return engine.run_args(ID, WORK, gpus, 100)


def test_a_container_has_no_rights_but_those_of_the_settings() -> None:
    args = run_args()
    assert " ".join(args) == (
        f"run --detach --name openclaw-voice-{ID} --pull never --label openclaw-voice.job={ID} "
        "--label openclaw-voice.node=0ab1 --network none --read-only --cap-drop ALL "
        "--security-opt no-new-privileges --pids-limit 256 "
        "--tmpfs /tmp:rw,size=256m,mode=1777,noexec,nosuid,nodev "
        "--cpus 0.5 --memory 64m --memory-swap 64m --log-driver json-file --log-opt max-size=2000k "
        "--timeout 160 --user 65534:65534 --env A=--privileged -- localhost/a:1 --rm -v /:/host"
    )


def test_what_the_agent_chose_stands_behind_the_image() -> None:
    args = run_args()
    options = args[: args.index("--")]
    assert not {"-v", "--volume", "--mount", "--privileged", "--device", "--rm"} & set(options)
    assert args[args.index("--") + 1 :] == ["localhost/a:1", "--rm", "-v", "/:/host"]


def test_gpus() -> None:
    podman = run_args((0, 2))
    at = podman.index("--device")
    assert podman[at : at + 4] == ["--device", "nvidia.com/gpu=0", "--device", "nvidia.com/gpu=2"]
    docker = run_args((0, 2), engine="docker")
    assert docker[docker.index("--gpus") + 1] == '"device=0,2"'
    assert "--timeout" not in docker


def test_the_settings() -> None:
    args = run_args(network="jobs", pull=True, user="", processes=7, tmp_mb=1)
    assert args[args.index("--network") + 1] == "jobs"
    assert args[args.index("--pull") + 1] == "missing"
    assert args[args.index("--pids-limit") + 1] == "7"
    assert "--user" not in args


def test_the_engine_gets_no_secret_of_ours() -> None:
    environ = {
        "PATH": "/bin", "HOME": "/root", "DOCKER_HOST": "ssh://x", "XDG_RUNTIME_DIR": "/run",
        "OPENCLAW_AUTH_TOKEN": "secret", "DISCORD_BOT_TOKEN": "secret", "LD_PRELOAD": "x",
    }  # fmt: skip
    assert sorted(engine_environment(environ)) == ["DOCKER_HOST", "HOME", "PATH", "XDG_RUNTIME_DIR"]


def test_names_of_other_containers_are_no_jobs() -> None:
    assert job_of(f"openclaw-voice-{ID}") == ID
    assert job_of("postgres") == ""


async def test_a_missing_engine_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    engine = ContainerEngine(ContainerSettings(), "0ab1", log_bytes=1)
    with pytest.raises(EngineFailed, match="podman is not installed here"):
        await engine.version()
