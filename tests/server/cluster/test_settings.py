from __future__ import annotations

import pytest
from pydantic import ValidationError

from server.cluster.settings import ClusterSettings, ReplicaSettings


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"min_replicas": 5, "max_replicas": 2}, r"max_replicas \(2\) is less"),
        (
            {"target_ongoing_requests": 8, "max_ongoing_requests": 4},
            "Ray would never start another",
        ),
        ({"gpus": 1.5}, "whole GPUs only"),
    ],
)
def test_what_ray_could_not_do_is_refused(given: dict[str, float], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        ReplicaSettings.model_validate(given)


def test_gpus_may_be_shared() -> None:
    assert ReplicaSettings(gpus=0.25).gpus == 0.25
    assert ReplicaSettings(gpus=2).gpus == 2


def test_a_second_process_of_each_kind_is_possible_by_default() -> None:
    settings = ClusterSettings()
    for replicas in (settings.api, settings.speech, settings.transcription):
        assert replicas.max_replicas > replicas.min_replicas


def test_what_always_runs_is_added_up() -> None:
    two = ReplicaSettings(min_replicas=2, cpus=3, gpus=0.25)
    settings = ClusterSettings(speech=two, transcription=two)
    assert settings.least(listens=True) == (12.5, 1.0)
    assert settings.least(listens=False) == (6.5, 0.5)
