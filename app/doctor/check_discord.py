"""Checks of Discord: the token, its account, and the link that invites the bot."""

from __future__ import annotations

from typing import Final

import aiohttp

from app.doctor.findings import Finding, Grade
from discord_bot.account import Account, ask_account
from discord_bot.errors import DiscordUnreachable, TokenRefused
from settings import HOME, Settings

TOKEN: Final = "Discord token"
DISCORD: Final = "Discord"
_WHERE: Final = (
    "https://discord.com/developers/applications -> your application -> Bot -> Reset Token"
)


def check_token(settings: Settings) -> Finding:
    """Check that there is a token, in the form of a bot's. It is not shown."""
    token = settings.discord.token
    if token is None:
        file = "" if (HOME / ".env").exists() else "copy .env.example to .env, and "
        advice = f"{file}put it into .env as DISCORD_BOT_TOKEN=...; it is at {_WHERE}"
        return Finding(Grade.FAIL, TOKEN, "none (`run.py demo` needs none)", advice)
    if token.get_secret_value().count(".") != 2:
        return Finding(
            Grade.WARN,
            TOKEN,
            "present, but bot tokens have three parts with dots between them",
            "copy the token from the portal's page Bot, not the client secret or public key",
        )
    return Finding(Grade.OK, TOKEN, "present (not shown)")


async def check_discord(
    settings: Settings,
    connector: aiohttp.BaseConnector | None = None,
    timeout_s: float = 10.0,
) -> list[Finding]:
    """Ask Discord for the bot's account. ``connector`` connects to a simulated Discord."""
    token = settings.discord.token
    assert token is not None
    try:
        account = await ask_account(token.get_secret_value(), timeout_s, connector)
    except TokenRefused as error:
        advice = f"make a new one ({_WHERE}) and put it into .env as DISCORD_BOT_TOKEN"
        return [Finding(Grade.FAIL, DISCORD, str(error), advice)]
    except DiscordUnreachable as error:
        advice = "check this machine's network, firewall and proxy (HTTPS_PROXY, ALL_PROXY)"
        return [Finding(Grade.FAIL, DISCORD, str(error), advice)]
    return [_account_finding(account), *_switch_findings(account)]


def _account_finding(account: Account) -> Finding:
    words = f"the token is that of {account.name}, application {account.application_id}"
    if account.guilds == 0:
        advice = f"invite it: open {account.invite}"
        return Finding(Grade.WARN, DISCORD, f"{words}, which is in no server yet", advice)
    servers = "1 server" if account.guilds == 1 else f"{account.guilds} servers"
    on = ", ".join(account.privileged_intents) or "none"
    return Finding(
        Grade.OK,
        DISCORD,
        f"{words}, in {servers}; privileged intents needed: none, on: {on}; "
        f"invite it with {account.invite}",
    )


def _switch_findings(account: Account) -> list[Finding]:
    """Findings about switches in the portal that prevent the bot from working."""
    found = []
    if account.wants_code_grant:
        words = "the application requires an OAuth2 code grant: no link can invite the bot"
        advice = "in the portal, page Bot: switch Requires OAuth2 Code Grant off"
        found.append(Finding(Grade.FAIL, DISCORD, words, advice))
    if account.sends_commands_elsewhere:
        words = "the application sends its slash commands to a web address: the bot gets none"
        advice = "in the portal, page General Information: empty Interactions Endpoint URL"
        found.append(Finding(Grade.FAIL, DISCORD, words, advice))
    return found
