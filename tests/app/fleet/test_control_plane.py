"""``run.py control``: its tokens and keys, and the whole of it on a socket."""

from __future__ import annotations

import io
from pathlib import Path

import httpx
import pytest

from app.fleet.control_plane import control_store, run_control, serving
from configuration.desired.errors import CipherUnusable, NameUnusable
from fleet.desired_state.client import PlaneClient
from fleet.desired_state.errors import PlaneUnreachable
from fleet.desired_state.settings import DesiredStateSettings
from server.protection.errors import OpenToNetwork
from settings import Settings
from testing.certificates import CertificateAuthority

SECRET = {"config": {"discord": {"token": "a.b.c"}}}


def settings(folder: Path, **control: object) -> Settings:
    given = {"openclaw": {"state_dir": folder}, "control_plane": {"port": 0, **control}}
    return Settings.model_validate(given)


async def printed(settings: Settings, kind: str, action: str, name: str = "") -> str:
    output = io.StringIO()
    assert await run_control(settings, kind, action, name, output) == 0
    return output.getvalue()


async def test_tokens_are_printed_once_and_serve(tmp_path: Path) -> None:
    here = settings(tmp_path)
    operator = (await printed(here, "operators", "add", "ann")).splitlines()[0]
    token = (await printed(here, "bots", "add", "box1")).splitlines()[0]
    assert "ann" in await printed(here, "operators", "list")
    assert "never" in (listed := await printed(here, "bots", "list"))
    assert token not in listed
    async with (
        control_store(here) as store,
        serving(here, store) as server,
        httpx.AsyncClient(base_url=server.url) as client,
    ):
        assert (await client.get("/health")).json() == {"status": "ok"}
        assert (await client.get("/bots")).status_code == 401
        client.headers["Authorization"] = f"Bearer {operator}"
        assert (await client.put("/bots/box1/config", json=SECRET)).status_code == 201
        client.headers["Authorization"] = f"Bearer {token}"
        found = (await client.get("/bots/box1/config")).json()
        assert found["config"] == SECRET["config"]
    assert "desired version 1" in await printed(here, "bots", "list")
    reader = (await printed(here, "readers", "add", "ann")).splitlines()[0]
    assert (operator[:4], reader[:4]) == ("oco-", "ocr-")
    await printed(here, "operators", "remove", "ann")
    assert "ann" in await printed(here, "readers", "list")
    assert await printed(here, "operators", "list") == ""
    with pytest.raises(NameUnusable):
        await printed(here, "operators", "remove", "ann")


async def test_keys_are_rotated(tmp_path: Path) -> None:
    here = settings(tmp_path)
    await printed(here, "bots", "add", "box1")
    async with control_store(here) as store:
        await store.put("box1", SECRET["config"], by="ann")
    before = (tmp_path / "control-keys").read_text()
    assert "1 versions are encrypted" in await printed(here, "keys", "rotate")
    assert (tmp_path / "control-keys").read_text() != before
    async with control_store(here) as store:
        assert (await store.version("box1", 1)).document == SECRET["config"]
    key = (await printed(here, "keys", "new")).strip()
    async with control_store(settings(tmp_path, encryption_keys=key)) as store:
        with pytest.raises(CipherUnusable):
            await store.version("box1", 1)


async def test_the_network_needs_encryption(tmp_path: Path) -> None:
    for here in (settings(tmp_path, host="0.0.0.0"), settings(tmp_path, host="::")):
        with pytest.raises(OpenToNetwork, match=r"control_plane\.tls_certificate"):
            async with control_store(here) as store, serving(here, store):
                pass


async def test_a_bot_checks_the_certificate(tmp_path: Path) -> None:
    authority = CertificateAuthority(tmp_path)
    authority.server_context("127.0.0.1")
    here = settings(tmp_path, tls_certificate=tmp_path / "server.pem")
    token = (await printed(here, "bots", "add", "box1")).splitlines()[0]
    async with control_store(here) as store, serving(here, store) as server:
        assert server.url.startswith("https://127.0.0.1")
        given = {"url": server.url, "token": token}
        trusting = DesiredStateSettings.model_validate({**given, "ca_file": authority.file})
        async with PlaneClient(trusting, "box1") as client:
            assert await client.config(None) is None
        async with PlaneClient(DesiredStateSettings.model_validate(given), "box1") as client:
            with pytest.raises(PlaneUnreachable, match="certificate"):
                await client.config(None)
