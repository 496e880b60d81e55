"""`discord_bot.agent_tools.AgentTools` over the Gateway and the speech server."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from app.openclaw_agent import translate_errors
from app.sound_file import spoken_file
from discord_bot.agent_tools import WrittenQuestion
from openclaw_client import PerGuildOpenClawClient, SpeakerRef
from pipeline.errors import SpeechUnavailable
from pipeline.ports import Persona, Synthesizer
from pipeline.settings import SpeechTextSettings

MAX_AGE_S: Final = 60.0
"""How long a list of voices is used: an autocompletion asks at every keystroke."""
LIST_TIMEOUT_S: Final = 1.0
"""Discord gives an autocompletion three seconds."""


class ListingSynthesizer(Synthesizer, Protocol):
    """A synthesizer that knows its voices."""

    async def voices(self) -> list[str]:
        """The ids of its voices.

        Raises:
            SpeechUnavailable: the speech server does not list them.
        """
        ...


class GatewayTools:
    """``answered_by`` resolves an agent that the Gateway does not have to its stand-in."""

    def __init__(
        self,
        gateway: PerGuildOpenClawClient,
        synthesizer: ListingSynthesizer,
        speech_text: SpeechTextSettings,
        answered_by: Callable[[str], str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gateway = gateway
        self._synthesizer = synthesizer
        self._speech_text = speech_text
        self._answered_by = answered_by
        self._clock = clock
        self._voices: Sequence[str] = ()
        self._listed_at: float | None = None

    async def ask(self, question: WrittenQuestion) -> str:
        client = self._gateway.get_or_create(question.guild_id)
        with translate_errors():
            return await client.send_message(
                self._answered_by(question.agent),
                question.text,
                speaker=SpeakerRef(str(question.asker.id), question.asker.name),
                channel_id=question.channel_id,
            )

    async def voices(self) -> Sequence[str]:
        now = self._clock()
        if self._listed_at is None or now - self._listed_at >= MAX_AGE_S:
            try:
                async with asyncio.timeout(LIST_TIMEOUT_S):
                    self._voices = await self._synthesizer.voices()
            except TimeoutError as error:
                raise SpeechUnavailable("the speech server did not list its voices") from error
            self._listed_at = now
        return self._voices

    async def sample(self, text: str, persona: Persona) -> bytes:
        return await spoken_file(text, persona.voice, self._synthesizer, self._speech_text)
