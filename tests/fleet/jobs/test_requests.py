"""What agents may ask of jobs, and how they are told what is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError

from fleet.jobs.folder import JobFolder
from fleet.jobs.records import ContainerWork, SynthesiseWork, TranscribeWork, Work
from fleet.jobs.requests import JobOrder, allowed_image, allowed_url, work_of
from fleet.jobs.settings import ContainerSettings, JobSettings
from openclaw_client.errors import BadArguments, CommandError, OutOfReach
from openclaw_client.node.commands import read_arguments, tool_schema

SETTINGS = JobSettings(
    kinds=("transcribe", "synthesise", "container"),
    url_hosts=("files.example.org", "nas.lan:8443"),
    containers=ContainerSettings(
        images=("localhost/*", "docker.io/library/alpine:3.20"),
        cpus=2,
        memory_mb=1_000,
        gpus=(0, 1),
    ),
)


def work(folder: JobFolder, settings: JobSettings = SETTINGS, **order: Any) -> Work:
    parsed = read_arguments(JobOrder, "job.submit", json.dumps(order))
    return work_of(parsed, settings, folder, "jarvis", lambda ident: True)


def refusal(folder: JobFolder, settings: JobSettings = SETTINGS, **order: Any) -> CommandError:
    with pytest.raises(CommandError) as caught:
        work(folder, settings, **order)
    return caught.value


def test_speech(folder: JobFolder) -> None:
    assert work(folder, kind="synthesise", text="Hello.", speed=1, format="mp3") == SynthesiseWork(
        text="Hello.", voice="jarvis", speed=1.0, format="mp3"
    )


def test_a_transcript(folder: JobFolder) -> None:
    (folder.inbox / "a.wav").write_bytes(b"RIFF")
    found = work(folder, kind="transcribe", file="a.wav", language="en")
    path = str((folder.inbox / "a.wav").resolve())
    assert found == TranscribeWork(path=path, language="en")
    url = "https://files.example.org/a.wav?x=1"
    assert work(folder, kind="transcribe", url=url) == TranscribeWork(url=url)


def test_a_container_gets_the_owners_limits_unless_it_asks_for_less(folder: JobFolder) -> None:
    image = "localhost/job:1"
    assert work(folder, kind="container", image=image) == ContainerWork(
        image=image, cpus=2, memory_mb=1_000
    )
    asked = work(
        folder,
        kind="container",
        image=image,
        args=["/bin/sh", "-c", "echo $X; true"],
        env=["X=1"],
        cpus=0.5,
        memory_mb=100,
        gpus=2,
    )
    assert asked == ContainerWork(
        image=image,
        args=("/bin/sh", "-c", "echo $X; true"),
        env=("X=1",),
        cpus=0.5,
        memory_mb=100,
        gpus=2,
    )


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({"kind": "dance"}, "kind must be 'transcribe', 'synthesise' or 'container'"),
        ({"kind": "synthesise"}, "text is missing"),
        ({"kind": "synthesise", "text": "   "}, "text must not be empty"),
        ({"kind": "synthesise", "text": "x", "file": "a"}, "file: not for synthesise"),
        ({"kind": "synthesise", "text": "x", "speed": 9}, "speed "),
        ({"kind": "synthesise", "text": "x", "timeout_s": 0}, "timeout_s "),
        ({"kind": "transcribe"}, "either file or url"),
        ({"kind": "transcribe", "file": "a", "url": "https://x"}, "either file or url"),
        ({"kind": "transcribe", "file": "../a"}, "file: there is no such file"),
        ({"kind": "transcribe", "file": "a", "language": "English"}, "language "),
        ({"kind": "container"}, "image is missing"),
        ({"kind": "container", "image": "localhost/a", "cpus": 3}, "cpus must be at most 2"),
        ({"kind": "container", "image": "localhost/a", "memory_mb": 1_001}, "at most 1000"),
        ({"kind": "container", "image": "localhost/a", "gpus": 3}, "gpus must be at most 2"),
        ({"kind": "container", "image": "localhost/a", "env": ["PATH"]}, "NAME=value"),
        ({"kind": "container", "image": "localhost/a", "env": ["A*=1"]}, "NAME=value"),
        ({"kind": "container", "image": "localhost/a", "args": "echo hi"}, "args "),
        ({"kind": "container", "image": "localhost/a", "args": ["a\0b"]}, "args "),
        ({"kind": "container", "image": "localhost/a", "privileged": True}, "no such argument"),
        ({"kind": "container", "image": "localhost/a", "volumes": ["/:/x"]}, "no such argument"),
    ],
)
def test_bad_arguments_are_named(folder: JobFolder, order: dict[str, Any], words: str) -> None:
    error = refusal(folder, **order)
    assert isinstance(error, BadArguments)
    assert words in str(error)


@pytest.mark.parametrize(
    "image",
    [
        "evil", "docker.io/library/alpine:3.21", "docker.io/library/alpine:3.20@sha256:00",
        "--privileged", "-v=/:/host", "localhost/a b", "localhost/a\nb", "xlocalhost/a",
    ],
)  # fmt: skip
def test_other_images_are_out_of_reach(folder: JobFolder, image: str) -> None:
    assert isinstance(refusal(folder, kind="container", image=image), OutOfReach)


def test_only_the_star_is_special_in_a_pattern() -> None:
    assert allowed_image("localhost/a:1", ["localhost/*:1"])
    assert not allowed_image("localhost/a:1", ["localhost/?:1"])
    assert not allowed_image("localhost/a:1", ["localhost/[a]:1"])
    assert not allowed_image("-v", ["*"])


def test_a_kind_that_is_not_allowed_is_out_of_reach(folder: JobFolder) -> None:
    settings = JobSettings(kinds=("transcribe",))
    error = refusal(folder, settings, kind="container", image="localhost/a")
    assert str(error) == "kind: the owner allows transcribe here, not container"


@pytest.mark.parametrize(
    "url",
    [
        "http://files.example.org/a", "file:///etc/passwd", "https://", "nonsense",
        "https://me:pw@files.example.org/a", "https://files.example.org:99999/", "https://[::1/a",
        "https://files.example.org/a b", "https://nas.lan/a", "https://127.0.0.1/a",
        "https://files.example.org.evil.net/a", "https://files.example.org:8443/a",
    ],
)  # fmt: skip
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(CommandError):
        allowed_url(url, SETTINGS.url_hosts)


@pytest.mark.parametrize(
    "url",
    ["https://files.example.org/a", "https://files.example.org:443/a", "https://NAS.lan:8443/a"],
)
def test_allowed_addresses(url: str) -> None:
    assert allowed_url(url, SETTINGS.url_hosts) == url


def test_the_tool_is_described_in_the_plain_form() -> None:
    schema = tool_schema(JobOrder)
    assert schema["required"] == ["kind"]
    assert schema["properties"]["args"]["type"] == "array"
    assert "$ref" not in json.dumps(schema)
    assert "anyOf" not in json.dumps(schema)


@pytest.mark.parametrize("network", ["host", "container:other", "ns", "-x", ""])
def test_a_network_that_is_shared_with_the_machine_is_no_setting(network: str) -> None:
    with pytest.raises(ValidationError):
        ContainerSettings(network=network)
