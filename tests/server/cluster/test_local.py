from __future__ import annotations

import logging
import sys
from typing import Any

import pytest

from models.settings import ModelsSettings
from pipeline.settings import PipelineSettings
from server.cluster.errors import ClusterUnavailable
from server.cluster.local import head_of, ray_here, served, url_of
from server.cluster.replicas import ClusterOrders
from server.cluster.settings import ClusterSettings, ReplicaSettings
from server.settings import ServerSettings


def test_without_ray_the_text_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ClusterUnavailable, match="uv sync --extra ray"), ray_here():
        pytest.fail("there is no Ray")


@pytest.mark.parametrize(
    ("there", "told"),
    [
        ({"CPU": 2.0}, r"reserve 2\.5 CPUs, and Ray has 2: lower cpus"),
        ({"CPU": 64.0}, r"reserve 0\.5 GPUs, and Ray has 0: lower gpus"),
    ],
)
def test_processes_that_would_wait_for_ever_are_refused(
    there: dict[str, float], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = ClusterSettings(transcription=ReplicaSettings(gpus=0.5))
    orders = ClusterOrders(
        ServerSettings(cluster=cluster), ModelsSettings(), PipelineSettings(), {}
    )
    monkeypatch.setattr("ray.cluster_resources", lambda: there)
    with pytest.raises(ClusterUnavailable, match=told), served(orders):
        pytest.fail("they do not start")


@pytest.mark.parametrize("address", ["10.0.0.5:6379", None])
def test_a_proxy_that_does_not_start_is_told_and_leaves_nothing(
    address: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ray.serve.exceptions import RayServeException

    ended: list[str] = []

    def starting(**_: Any) -> None:
        raise TimeoutError("the proxies did not start")

    def deleting(name: str) -> None:
        ended.append(name)
        raise RayServeException("there is no Serve instance running")

    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    if address is not None:
        monkeypatch.setenv("RAY_ADDRESS", address)
    monkeypatch.setattr("ray.cluster_resources", lambda: {"CPU": 64.0})
    monkeypatch.setattr("ray.serve.start", starting)
    monkeypatch.setattr("ray.serve.shutdown", lambda: ended.append("all"))
    monkeypatch.setattr("ray.serve.delete", deleting)
    orders = ClusterOrders(ServerSettings(), ModelsSettings(), PipelineSettings(), {})
    with pytest.raises(ClusterUnavailable, match="the proxies did not start"), served(orders):
        pytest.fail("it does not start")
    assert ended == (["all"] if address is None else ["speech"])


NODES = (
    {"Alive": True, "NodeManagerAddress": "10.0.0.7", "Resources": {"CPU": 8.0}},
    {
        "Alive": True,
        "NodeManagerAddress": "10.0.0.5",
        "Resources": {"CPU": 8.0, "node:__internal_head__": 1.0},
    },
)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("0.0.0.0", "http://10.0.0.5:8090"),
        ("::", "http://10.0.0.5:8090"),
        ("127.0.0.1", "http://127.0.0.1:8090"),
        ("fd00::5", "http://[fd00::5]:8090"),
        ("speech.home.arpa", "http://speech.home.arpa:8090"),
    ],
)
def test_the_address_is_that_of_the_cluster_s_first_machine(
    host: str, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert url_of(ServerSettings(host=host), head_of(NODES)) == url
    told = "only on the machine 10.0.0.5" in caplog.text
    assert told is (host == "127.0.0.1")


def test_on_a_ray_of_this_machine_no_machine_is_named(caplog: pytest.LogCaptureFixture) -> None:
    for host in ("127.0.0.1", "localhost", "0.0.0.0"):
        url_of(ServerSettings(host=host), "127.0.0.1")
    assert caplog.text == ""
