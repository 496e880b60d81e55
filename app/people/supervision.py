"""Supervised rooms on Discord: asks the people in a call whether an agent may do something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import discord

from app.people.prompts import Heard, NoCall, Prompt, RoomPrompts, Value
from discord_bot.bot import VoiceBot
from discord_bot.prompts import PromptChoice
from fleet.supervision.gate import CannotAsk, Permission, SupervisionGate, WantedCommand
from openclaw_client.node.rooms import VoiceRooms
from pipeline.language.spoken_answers import verdict_in
from settings import Settings
from translations import Text, joined, lines, message, sentences, small, verbatim

# Translators: this and the next 9 texts complete "{agent} wants to ...".
ACTIONS: Final[Mapping[str, Text]] = {
    "voice.say": message("say something in this call"),
    "voice.join": message("go to a voice channel"),
    "voice.leave": message("end this call"),
    "voice.notify": message("write to a member"),
    "job.submit": message("start a job"),
    "job.cancel": message("cancel a job"),
    "container.exec": message("run a program in a container"),
    "memory.remember": message("note something in the shared memory"),
    "memory.observe": message("note what sensors show in the shared memory"),
}
_ANY: Final = message("use a command")
ALLOW: Final = PromptChoice(message("Allow"), discord.ButtonStyle.success)
REFUSE: Final = PromptChoice(message("Refuse"), discord.ButtonStyle.danger)
_YES, _NO = (0,), (1,)


class RoomPermissions:
    """A `fleet.supervision.gate.AskRoom` over the bot."""

    def __init__(self, bot: VoiceBot, prompts: RoomPrompts) -> None:
        self._bot = bot
        self._prompts = prompts

    async def __call__(self, guild_id: int, wanted: WantedCommand) -> Permission:
        """
        Raises:
            CannotAsk: no call is running there, or Discord is out of reach.
        """
        try:
            answered = await self._prompts.ask(guild_id, self._prompt(guild_id, wanted))
        except NoCall as error:
            raise CannotAsk(str(error)) from error
        return Permission(answered.value == _YES, answered.by, answered.how)

    def _prompt(self, guild_id: int, wanted: WantedCommand) -> Prompt:
        agent = self._bot.agents.persona(wanted.agent).name if wanted.agent else "OpenClaw"
        wants = message(
            "{agent} wants to {action}.",
            agent=agent,
            action=ACTIONS.get(wanted.command, _ANY),
        )
        return Prompt(
            spoken=sentences(wants, message("Say “yes, do it”, or “no”.")),
            written=lines((wants, *_details(wanted), message("Say “yes, do it”, or click:"))),
            choices=(ALLOW, REFUSE),
            heard=heard_verdict,
            may_answer=lambda member: self._may_answer(guild_id, member),
            told=lambda value, name: (
                message("{name} has allowed it.", name=name)
                if value == _YES
                else message("{name} has refused it.", name=name)
            ),
        )

    def _may_answer(self, guild_id: int, member: discord.Member) -> bool:
        return member.guild.id == guild_id and not member.bot and self._bot.may_control_call(member)


def heard_verdict(heard: Heard) -> Value | None:
    """The choice that words make: clear ones always, a bare yes or no where no other person could
    be meant."""
    verdict = verdict_in(heard.text, heard.utterance.language_code)
    if verdict is None or not (verdict.clear or heard.certain):
        return None
    return _YES if verdict.yes else _NO


def supervision_gate(
    settings: Settings, bot: VoiceBot, rooms: VoiceRooms, prompts: RoomPrompts
) -> SupervisionGate:
    """The gate before the node's commands."""
    return SupervisionGate(
        settings.fleet.supervision,
        rooms,
        lambda guild_id: bot.store.settings.of(guild_id).supervision == "supervised",
        RoomPermissions(bot, prompts),
    )


def _details(wanted: WantedCommand) -> list[Text]:
    """The command and its arguments, for those who want to know it exactly."""
    shown = [f"{name}: {value}" for name, value in wanted.arguments]
    words = discord.utils.escape_markdown("; ".join(shown))
    command = verbatim(f"`{wanted.command}`")
    return [small(joined((command, verbatim(words)), " ") if shown else command)]
