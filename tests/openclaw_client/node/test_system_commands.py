"""GPUs by NVML: on a machine without any, and with a library that has some.

The library's own bindings are used throughout; only what the driver would answer is made up.
"""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pynvml
import pytest

from openclaw_client.errors import BadArguments, CannotNow
from openclaw_client.node.commands import CommandCall, NodeCommands
from openclaw_client.node.system_commands import gpu_commands, host_stats, system_commands
from simulators.gateway.params import HostStatsPayload


async def ask(name: str, **arguments: Any) -> dict[str, Any]:
    commands = NodeCommands(gpu_commands(), ["gpu.list", "gpu.metrics"])
    return await commands.execute(name, json.dumps(arguments), CommandCall(None, 5.0))


@pytest.fixture
def no_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_LIBRARY_NOT_FOUND)

    monkeypatch.setattr(pynvml, "nvmlInit", fail)


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A driver with two cards, the second of which does not measure its power."""
    ended: list[str] = []

    def power(gpu: int) -> int:
        if gpu == 1:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)
        return 301_250

    answers: dict[str, Any] = {
        "nvmlInit": lambda: None,
        "nvmlShutdown": lambda: ended.append("shutdown"),
        "nvmlDeviceGetCount": lambda: 2,
        "nvmlDeviceGetHandleByIndex": lambda index: index,
        "nvmlDeviceGetName": lambda gpu: [b"Old card", "New card"][gpu],
        "nvmlDeviceGetMemoryInfo": lambda gpu: SimpleNamespace(total=80 << 30, used=gpu << 30),
        "nvmlSystemGetDriverVersion": lambda: "580.95.05",
        "nvmlDeviceGetUtilizationRates": lambda gpu: SimpleNamespace(gpu=97),
        "nvmlDeviceGetTemperature": lambda gpu, sensor: 61,
        "nvmlDeviceGetPowerUsage": power,
    }
    for name, answer in answers.items():
        monkeypatch.setattr(pynvml, name, answer)
    return ended


async def test_a_machine_without_a_gpu_says_so_plainly(no_driver: None) -> None:
    answer = await ask("gpu.list")
    assert answer["gpus"] == []
    assert "no usable NVIDIA GPU" in answer["note"]
    with pytest.raises(CannotNow, match=r"no usable NVIDIA GPU: .*driver is missing"):
        await ask("gpu.metrics")


async def test_a_driver_without_a_gpu_has_an_error_of_its_own(
    two_gpus: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pynvml, "nvmlDeviceGetCount", lambda: 0)
    assert "a driver, but no GPU" in (await ask("gpu.list"))["note"].replace("an NVIDIA", "a")


async def test_gpus_are_listed(two_gpus: list[str]) -> None:
    gpus = (await ask("gpu.list"))["gpus"]
    assert [(gpu["index"], gpu["name"]) for gpu in gpus] == [(0, "Old card"), (1, "New card")]
    assert gpus[0]["memoryTotalBytes"] == 80 << 30
    assert gpus[0]["driver"] == "580.95.05"
    assert two_gpus == ["shutdown"]


async def test_metrics_have_what_each_card_measures(two_gpus: list[str]) -> None:
    first, second = (await ask("gpu.metrics"))["gpus"]
    assert first["busyPercent"] == 97
    assert first["temperatureCelsius"] == 61
    assert first["powerWatts"] == 301.2
    assert second["memoryUsedBytes"] == 1 << 30
    assert "powerWatts" not in second


async def test_one_card_can_be_asked_for(two_gpus: list[str]) -> None:
    (gpu,) = (await ask("gpu.metrics", index=1))["gpus"]
    assert gpu["name"] == "New card"
    with pytest.raises(BadArguments, match="index must be below 2"):
        await ask("gpu.metrics", index=2)


async def test_a_failing_driver_is_reported(
    two_gpus: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(gpu: int) -> None:
        raise pynvml.NVMLError(pynvml.NVML_ERROR_GPU_IS_LOST)

    monkeypatch.setattr(pynvml, "nvmlDeviceGetMemoryInfo", lost)
    with pytest.raises(CannotNow, match="the NVIDIA driver failed"):
        await ask("gpu.metrics")
    assert two_gpus == ["shutdown"]


def test_the_stats_are_such_as_the_gateway_takes() -> None:
    stats = host_stats()
    HostStatsPayload.model_validate(stats)
    assert stats["memoryFreeBytes"] <= stats["memoryTotalBytes"]
    assert stats["diskAvailableBytes"] <= stats["diskTotalBytes"]
    assert stats["cpuCount"] >= 1


async def test_info_names_the_system_and_the_bot_but_not_whose_machine_it_is() -> None:
    info = await NodeCommands(system_commands(), ["system.info"]).execute(
        "system.info", None, CommandCall(None, 1.0)
    )
    text = json.dumps(info)
    assert info["system"]
    assert info["bot"].startswith("openclaw-voice ")
    assert info["botUptimeSeconds"] >= 0
    assert "host" not in text.lower()
