from __future__ import annotations

import pytest

from app.speech_server import own_server
from server.own_process.process import SpeechProcess
from server.runner import EmbeddedServer
from settings import Settings


@pytest.mark.parametrize(("apart", "kind"), [(True, SpeechProcess), (False, EmbeddedServer)])
def test_the_settings_say_whether_it_runs_apart(apart: bool, kind: type) -> None:
    settings = Settings.model_validate({"server": {"own_process": apart}})
    assert isinstance(own_server(settings), kind)


async def test_it_is_the_bots_alone_whatever_the_settings_of_run_py_serve_say() -> None:
    settings = Settings.model_validate(
        {
            "server": {
                "own_process": False,
                "engine": "espeak",
                "host": "0.0.0.0",
                "port": 1,
                "tls_certificate": "/nowhere.pem",
                "keys_file": "/nowhere.json",
                "cors_origins": ["*"],
                "limits": {"speech_requests": 1, "connections": 1, "requests_per_client": 1},
            }
        }
    )
    async with own_server(settings) as server:
        assert server.url.startswith("http://bot:ocv-")
        assert "@127.0.0.1:" in server.url
    limits = own_server(settings)._settings.limits
    assert min(limits.speech_requests, limits.requests_per_client, limits.connections) >= 1_000
