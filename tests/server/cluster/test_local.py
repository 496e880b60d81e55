from __future__ import annotations

import sys

import pytest

from models.settings import ModelsSettings
from pipeline.settings import PipelineSettings
from server.cluster.errors import ClusterUnavailable
from server.cluster.local import ray_here, served
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
