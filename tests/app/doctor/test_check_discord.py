from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import discord
import pytest

from app.doctor.check_discord import check_discord, check_token
from app.doctor.findings import Finding, Grade
from settings import HOME, Settings
from simulators.discord import DiscordSimulator
from simulators.discord.rest import Portal
from testing.ports import closed_port


def with_token(token: str | None) -> Settings:
    return Settings.model_validate({"discord": {"token": token}})


async def ask(sim: DiscordSimulator, token: str | None = None) -> list[Finding]:
    return await check_discord(with_token(token or sim.token), sim.connector())


@pytest.mark.parametrize(
    ("token", "grade"),
    [(None, Grade.FAIL), ("hunter2", Grade.WARN), ("hunter2.b.c", Grade.OK)],
)
def test_the_token_is_looked_at_and_never_shown(token: str | None, grade: Grade) -> None:
    finding = check_token(with_token(token))
    assert finding.grade is grade
    assert "hunter2" not in str(finding)


@pytest.mark.parametrize("there", [False, True])
def test_without_a_token_the_first_step_is_the_file_for_it(
    there: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.doctor.check_discord.HOME", tmp_path)
    if there:
        (tmp_path / ".env").touch()
    advice = check_token(with_token(None)).advice
    assert ("copy .env.example to .env" in advice) is not there
    assert "discord.com/developers/applications" in advice


async def test_discord_says_whose_token_it_is_and_the_link_invites_the_bot() -> None:
    async with DiscordSimulator() as sim:
        [finding] = await ask(sim)
        assert finding.grade is Grade.WARN
        assert f"that of {sim.bot.name.lower()}, application {sim.bot.id}" in finding.words
        assert "in no server yet" in finding.words
        link = urlsplit(finding.advice.split()[-1])
        assert (link.scheme, link.netloc, link.path) == (
            "https",
            "discord.com",
            "/oauth2/authorize",
        )
        query = parse_qs(link.query)
        assert query["client_id"] == [str(sim.bot.id)]
        assert query["scope"] == ["bot applications.commands"]
        asked_for = {name for name, on in discord.Permissions(int(query["permissions"][0])) if on}
        assert asked_for == {
            "read_messages",
            "send_messages",
            "attach_files",
            "connect",
            "speak",
        }
        assert sim.token not in str(finding)
        assert sim.violations == []


def test_the_readme_names_the_permissions_of_the_link() -> None:
    words = " ".join((HOME / "README.md").read_text(encoding="utf-8").split())
    assert "View Channels, Send Messages, Attach Files (" in words
    assert "), Connect and Speak. `make doctor`" in words


async def test_servers_and_intents_are_told() -> None:
    intents = discord.Intents(members=True, message_content=True)
    async with DiscordSimulator(privileged_intents=intents) as sim:
        for name in ("one", "two"):
            sim.add_guild(name)
        [finding] = await ask(sim)
        assert sim.violations == []
    assert finding.grade is Grade.OK
    assert "in 2 servers" in finding.words
    assert "needed: none, on: guild_members, message_content" in finding.words
    assert "https://discord.com/oauth2/authorize?" in finding.words


async def test_switches_of_the_portal_that_keep_the_bot_from_working() -> None:
    portal = Portal(requires_code_grant=True, interactions_endpoint_url="https://x.example/y")
    async with DiscordSimulator(portal=portal) as sim:
        _, grant, endpoint = await ask(sim)
    assert (grant.grade, endpoint.grade) == (Grade.FAIL, Grade.FAIL)
    assert "Requires OAuth2 Code Grant" in grant.advice
    assert "Interactions Endpoint URL" in endpoint.advice


async def test_a_token_that_discord_does_not_know() -> None:
    async with DiscordSimulator() as sim:
        [finding] = await ask(sim, "hunter2.b.c")
    assert finding.grade is Grade.FAIL
    assert "does not take this token" in finding.words
    assert "DISCORD_BOT_TOKEN" in finding.advice
    assert "hunter2" not in str(finding)


@pytest.mark.parametrize("scheme", ["http", "socks5", "socks5h"])
async def test_without_a_way_to_discord_that_is_said(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"{scheme}://127.0.0.1:{closed_port()}")
    for name in ("https_proxy", "NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    [finding] = await check_discord(with_token("hunter2.b.c"))
    assert finding.grade is Grade.FAIL
    assert "Discord cannot be asked" in finding.words
    assert "HTTPS_PROXY" in finding.advice
    assert "hunter2" not in str(finding)
