from __future__ import annotations

import httpx
import openai
import pytest


def test_openais_models_and_ours_are_listed(openai_client: openai.OpenAI) -> None:
    names = [model.id for model in openai_client.models.list()]
    assert {"tts-1", "gpt-4o-mini-tts", "espeak-ng"} <= set(names)
    assert {"whisper-1", "gpt-4o-transcribe", "fixture"} <= set(names)
    assert len(set(names)) == len(names)
    for name in names:
        assert openai_client.models.retrieve(name).id == name


def test_another_model_is_not_found(openai_client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="does not exist here") as refused:
        openai_client.models.retrieve("o/1")
    assert (refused.value.code, refused.value.param) == ("model_not_found", "model")


async def test_a_server_that_only_speaks_lists_no_ears(client: httpx.AsyncClient) -> None:
    names = [model["id"] for model in (await client.get("/v1/models")).json()["data"]]
    assert "tts-1" in names
    assert "whisper-1" not in names
