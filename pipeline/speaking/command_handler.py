"""Does what control words ask for: the hands of control.py, in one room."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from pipeline.language.voice_commands import CommandKind, VoiceCommand
from pipeline.latency import TurnLatency
from pipeline.ports import AgentTurn, Loudspeaker, Persona
from pipeline.settings import ControlSettings
from pipeline.speaking.canned_reply import CannedReply
from pipeline.speaking.floor import Floor
from pipeline.speaking.notices import listening
from pipeline.speaking.reply import Reply


class CommandHandler:
    """Obeys commands. ``choose_agent(agent, speaker)`` has another agent answer from now on."""

    def __init__(
        self,
        settings: ControlSettings,
        answering: Floor,
        loudspeaker: Loudspeaker,
        personas: Mapping[str, Persona],
        choose_agent: Callable[[str, AgentTurn], None],
        clock: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._answering = answering
        self._loudspeaker = loudspeaker
        self._personas = personas
        self._choose_agent = choose_agent
        self._clock = clock
        self._gain_db = 0.0

    def can(self, kind: CommandKind) -> bool:
        """Whether there is anything to do it to. If not, the words are left to the agent, which
        may know what to repeat or how to go on."""
        match kind:
            case CommandKind.REPEAT:
                return self._answering.said is not None or self._answering.sounding
            case CommandKind.CONTINUE:
                return self._answering.reply is not None or bool(self._rest())
            case _:
                return True

    def obey(
        self, command: VoiceCommand, turn: AgentTurn, latency: TurnLatency, over: Reply | None
    ) -> None:
        """Do it. ``turn`` is what was said, and ``over`` the reply that it was said to, if any."""
        match command.kind:
            case CommandKind.STOP:
                self._answering.withdraw(turn.speaker.id)
                if over is not None and over is self._answering.reply:
                    self._answering.stop()
            case CommandKind.LOUDER:
                self._change_volume(self._settings.volume_step_db)
            case CommandKind.QUIETER:
                self._change_volume(-self._settings.volume_step_db)
            case CommandKind.REPEAT:
                self._repeat(turn, latency)
            case CommandKind.CONTINUE:
                self._go_on(turn, latency)
            case CommandKind.DECLINE:
                self._answering.decline_offer()
            case CommandKind.RELAY if command.agent is not None:
                passed_on = replace(turn, agent=command.agent, text=command.request)
                self._answering.ask(passed_on, self._personas[command.agent], latency)
            case CommandKind.SWITCH_AGENT if command.agent is not None:
                self._switch(command.agent, turn, latency)

    def _change_volume(self, step_db: float) -> None:
        wanted = self._gain_db + step_db
        self._gain_db = min(max(wanted, self._settings.quietest_db), self._settings.loudest_db)
        self._loudspeaker.set_gain_db(self._gain_db)

    def _repeat(self, turn: AgentTurn, latency: TurnLatency) -> None:
        sounding = self._answering.reply if self._answering.sounding else None
        said = self._answering.said
        if sounding is not None:
            # It is just being stopped: what of it was written is known when it has ended.
            self._recite(self._text_of_last, sounding.persona, turn, latency)
        elif said is not None:
            self._recite(lambda: said.text, said.persona, turn, latency)

    def _go_on(self, turn: AgentTurn, latency: TurnLatency) -> None:
        reply, said = self._answering.reply, self._answering.said
        if reply is not None:
            if reply.offered and not reply.go_on():
                # Its last sound is just leaving: what of it is left is known when it has ended.
                self._recite(self._rest, reply.persona, turn, latency)
        elif said is not None and self._rest():
            rest = self._rest()
            self._recite(lambda: rest, said.persona, turn, latency)

    def _switch(self, agent: str, turn: AgentTurn, latency: TurnLatency) -> None:
        self._choose_agent(agent, turn)
        words, persona = listening(turn.language), self._personas[agent]
        self._recite(lambda: words, persona, turn, latency, passing=True)

    def _recite(
        self,
        words: Callable[[], str],
        persona: Persona,
        turn: AgentTurn,
        latency: TurnLatency,
        *,
        passing: bool = False,
    ) -> None:
        turn = replace(turn, agent=persona.agent)
        self._answering.ask(turn, persona, latency, agent=CannedReply(words), passing=passing)

    def _text_of_last(self) -> str:
        said = self._answering.said
        return "" if said is None else said.text

    def _rest(self) -> str:
        """What was not heard of the last reply, as long as people remember what it was about."""
        said = self._answering.said
        if said is None or self._clock() - said.at > self._settings.go_on_within_s:
            return ""
        return said.unheard
