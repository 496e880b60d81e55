from __future__ import annotations

import pytest

from fleet.overview.model import FleetState, GpuState, gpu_model, gpu_summary
from tests.web.pages import shown_node

MIB = 2**20


@pytest.mark.parametrize(
    ("driver", "short"),
    [
        ("NVIDIA H100 80GB HBM3", "H100"),
        ("NVIDIA H100 PCIe", "H100"),
        ("NVIDIA H100 NVL", "H100"),
        ("NVIDIA A100-SXM4-40GB", "A100"),
        ("NVIDIA GeForce RTX 4090", "RTX 4090"),
        ("NVIDIA GeForce RTX 4080 Laptop GPU", "RTX 4080"),
        ("NVIDIA RTX A6000", "RTX A6000"),
        ("NVIDIA L40S", "L40S"),
        ("Tesla T4", "T4"),
        ("NVIDIA GH200 480GB", "GH200"),
        ("NVIDIA", "NVIDIA"),
        ("", "GPU"),
    ],
)
def test_a_gpu_has_the_name_that_people_use(driver: str, short: str) -> None:
    assert gpu_model(driver) == short


def gpus(*cards: tuple[str, int]) -> list[GpuState]:
    return [GpuState(n, name, mib * MIB) for n, (name, mib) in enumerate(cards)]


def test_gpus_are_counted_by_model_with_their_memory() -> None:
    h100, rtx = ("NVIDIA H100 80GB HBM3", 81_559), ("NVIDIA GeForce RTX 4090", 24_564)
    assert gpu_summary(gpus(h100, h100, h100, h100)) == "4x H100, 320 GB"
    assert gpu_summary(gpus(rtx, h100, rtx)) == "2x RTX 4090, 48 GB + 1x H100, 80 GB"
    assert gpu_summary([]) == ""


def test_the_summary_counts_the_nodes_by_their_status() -> None:
    nodes = [shown_node("a"), shown_node("b"), shown_node("c", status="offline")]
    assert FleetState(tuple(nodes)).summary == "3 nodes: 2 connected, 1 offline"
    assert FleetState((nodes[0],)).summary == "1 node: 1 connected"
    assert FleetState(()).summary == "0 nodes"
