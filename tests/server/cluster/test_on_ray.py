"""The application on a local Ray, with two processes of each kind: ``pytest --ray``.

Its requests go to the HTTP address, as those of any client. No request is sent twice by a client:
what is lost, the server has lost.
"""

from __future__ import annotations

import glob
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import openai
import psutil
import pytest
import yaml

from models.settings import ModelsSettings
from server.cluster.local import ray_here, served
from server.cluster.replicas import ClusterOrders
from server.cluster.settings import ClusterSettings, ReplicaSettings
from server.settings import ServerSettings
from settings import HOME
from testing.ports import free_port
from tests.server.api_server import FIXTURE, WEATHER, said, wav_of

pytestmark = [pytest.mark.patience(280), pytest.mark.timeout(600)]

SENTENCE = "The train to the north leaves early in the morning."
LONG = " ".join([SENTENCE] * 40)
"""Its synthesis by espeak-ng takes longer than it takes to end a process."""


def replicas(kind: str) -> list[psutil.Process]:
    """The processes of one kind; Ray names them by their titles."""
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            title = " ".join(process.cmdline())
        except psutil.Error:
            continue
        if title.startswith("ray::ServeReplica:") and f":{kind}" in title.partition(".")[0]:
            found.append(process)
    return found


@contextmanager
def in_new_thread(work: Callable[[], object], times: int) -> Iterator[list[Future[object]]]:
    """``work`` so many times, all at once; the block runs meanwhile."""
    with ThreadPoolExecutor(times) as pool:
        yield [pool.submit(work) for _ in range(times)]


@pytest.fixture(scope="module")
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    if not request.config.getoption("--ray"):
        pytest.skip("needs --ray")
    two = ReplicaSettings(min_replicas=2, max_replicas=2, cpus=0.1, max_ongoing_requests=16)
    one = ReplicaSettings(max_replicas=1, cpus=0.1, max_ongoing_requests=64)
    settings = ServerSettings(
        port=free_port(),
        engine="espeak",
        threads=1,
        cluster=ClusterSettings(api=one, speech=two, transcription=two, wait_s=120),
    )
    orders = ClusterOrders(settings, ModelsSettings(), FIXTURE, {}, "WARNING")
    with ray_here(cpus=2, store_bytes=100_000_000), served(orders) as address:
        assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"
        yield address
    assert not glob.glob(f"{tempfile.gettempdir()}/speech-ray-*")
    assert not [each for each in psutil.Process().children(recursive=True) if _is_ray(each)]


def _is_ray(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and "ray" in " ".join(process.cmdline())
    except psutil.Error:
        return False


@pytest.fixture(scope="module")
def client(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=200, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def file() -> bytes:
    return wav_of(said(WEATHER))


def spoken(client: httpx.Client, text: str = SENTENCE) -> bytes:
    asked = {"input": text, "voice": "jarvis", "response_format": "pcm"}
    return client.post("/v1/audio/speech", json=asked).raise_for_status().content


def heard(client: httpx.Client, file: bytes) -> str:
    answer = client.post(
        "/v1/audio/transcriptions", files={"file": ("a.wav", file)}, data={"model": "whisper-1"}
    )
    text: str = answer.raise_for_status().json()["text"]
    return text


def test_the_official_client_speaks_and_hears(url: str, file: bytes) -> None:
    with openai.OpenAI(
        base_url=f"{url}/v1",
        api_key="not-needed",
        max_retries=0,
        timeout=200,
        http_client=openai.DefaultHttpxClient(trust_env=False),
    ) as client:
        speech = client.audio.speech.create(model="tts-1", voice="nova", input=SENTENCE)
        assert speech.response.headers["content-type"] == "audio/mpeg"
        assert len(speech.content) > 5_000
        words = client.audio.transcriptions.create(model="whisper-1", file=("a.wav", file))
        assert "weather" in words.text.lower()
        with pytest.raises(openai.BadRequestError) as refused:
            client.audio.speech.create(model="tts-1", voice="nobody", input=SENTENCE)
        assert refused.value.code == "voice_not_found"


def test_speech_is_sent_while_it_is_made(client: httpx.Client) -> None:
    asked = {"input": LONG, "voice": "jarvis", "response_format": "pcm"}
    with client.stream("POST", "/v1/audio/speech", json=asked) as answer:
        chunks = [len(chunk) for chunk in answer.iter_raw()]
    assert len(chunks) > 10
    assert max(chunks) < sum(chunks) / 3


def test_a_process_that_dies_under_load_loses_no_speech(client: httpx.Client) -> None:
    usual = len(spoken(client, LONG))
    first, second = replicas("Speech")
    begun = threading.Barrier(9)

    def listen() -> int:
        asked = {"input": LONG, "voice": "jarvis", "response_format": "pcm"}
        with client.stream("POST", "/v1/audio/speech", json=asked) as answer:
            answer.raise_for_status()
            chunks = answer.iter_raw()
            length = len(next(chunks))
            begun.wait(200)
            return length + sum(map(len, chunks))

    with in_new_thread(listen, 8) as speeches:
        begun.wait(200)
        os.kill(first.pid, signal.SIGKILL)
    for speech in speeches:
        assert isinstance(length := speech.result(), int)
        # espeak-ng varies the length of a sentence by some milliseconds.
        assert abs(length - usual) < usual / 500
    assert second.is_running()


def test_a_process_that_dies_under_load_loses_no_words(client: httpx.Client, file: bytes) -> None:
    first, _ = replicas("Transcription")
    with in_new_thread(lambda: heard(client, file), 16) as all_words:
        next(iter(all_words)).result()
        os.kill(first.pid, signal.SIGKILL)
    assert {"weather" in str(words.result()).lower() for words in all_words} == {True}


def test_with_all_processes_dead_a_request_waits_for_a_new_one(client: httpx.Client) -> None:
    for process in replicas("Speech"):
        os.kill(process.pid, signal.SIGKILL)
    assert spoken(client)


def test_live_transcription_passes_ray(url: str) -> None:
    from websockets.sync.client import connect

    with connect(f"{url.replace('http', 'ws')}/v1/realtime?intent=transcription") as socket:
        assert "session.created" in str(socket.recv(60))


def test_ray_accepts_the_file_for_serve_deploy() -> None:
    from ray.serve.schema import ServeDeploySchema

    found = ServeDeploySchema.model_validate(
        yaml.safe_load((HOME / "deploy/ray/serve.yaml").read_text(encoding="utf-8"))
    )
    [application] = found.applications
    assert application.import_path == "app.speech_cluster:build"
    assert {each.name for each in application.deployments} <= {"Api", "Speech", "Transcription"}


def test_serve_builds_the_application(url: str, tmp_path: Path) -> None:
    module = tmp_path / "built.py"
    module.write_text("from app.speech_cluster import build\n\nspeech = build({})\n")
    built_file = tmp_path / "built.yaml"
    subprocess.run(
        [
            str(Path(sys.executable).parent / "serve"),
            "build",
            "built:speech",
            "-o",
            str(built_file),
        ],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{HOME}"},
        cwd=tmp_path,
        capture_output=True,
        check=True,
        timeout=300,
    )
    built = yaml.safe_load(built_file.read_text())
    names = {each["name"] for each in built["applications"][0]["deployments"]}
    assert names == {"Api", "Speech", "Transcription"}
