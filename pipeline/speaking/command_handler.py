"""Executes voice commands in one room; `pipeline.language.voice_commands` recognises them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from pipeline.language.voice_commands import CommandKind, VoiceCommand
from pipeline.latency import TurnLatency
from pipeline.ports import AgentTurn, Loudspeaker, Persona
from pipeline.settings import ControlSettings
from pipeline.speaking.floor import Floor
from pipeline.speaking.notices import listening
from pipeline.speaking.reply import Reply, ReplyState


def asked_turn(turn: AgentTurn, command: VoiceCommand | None) -> AgentTurn | None:
    """What an agent is asked for the words of ``turn``; None for a command without an agent."""
    if command is None:
        return turn
    if command.kind is CommandKind.RELAY and command.agent is not None:
        return replace(turn, agent=command.agent, text=command.request)
    return None


class CommandHandler:
    """Executes commands. ``choose_agent(agent, turn)`` makes another agent the room's own."""

    def __init__(
        self,
        settings: ControlSettings,
        floor: Floor,
        loudspeaker: Loudspeaker,
        personas: Mapping[str, Persona],
        choose_agent: Callable[[str, AgentTurn], None],
        clock: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._floor = floor
        self._loudspeaker = loudspeaker
        self._personas = personas
        self._choose_agent = choose_agent
        self._clock = clock
        self._volume_db = 0.0
        self._gain_db = 0.0

    def can_execute(self, kind: CommandKind) -> bool:
        """Whether there is a reply to repeat, to continue or to wait with. Without one, the agent
        gets the words: it may know what is meant."""
        match kind:
            case CommandKind.REPEAT:
                return self._floor.last_reply is not None or self._floor.answer_audible
            case CommandKind.CONTINUE:
                return self._floor.certain_reply is not None or bool(self._unheard())
            case CommandKind.WAIT:
                return self._floor.answer_audible
            case _:
                return True

    def execute(
        self, command: VoiceCommand, turn: AgentTurn, latency: TurnLatency, over: Reply | None
    ) -> None:
        """Execute a command. ``turn`` is what was said, ``over`` the reply it was said over."""
        match command.kind:
            case CommandKind.STOP | CommandKind.WAIT:
                self._floor.drop_waiting(turn.speaker.id)
                if over is not None and over is self._floor.reply:
                    self._floor.stop()
            case CommandKind.LOUDER:
                self._change_volume(self._settings.volume_step_db)
            case CommandKind.QUIETER:
                self._change_volume(-self._settings.volume_step_db)
            case CommandKind.REPEAT:
                self._repeat(turn, latency)
            case CommandKind.CONTINUE:
                self._continue(turn, latency)
            case CommandKind.DECLINE:
                self._floor.decline_continuation()
            case CommandKind.RELAY:
                if (relayed := asked_turn(turn, command)) is not None:
                    self._floor.generate_reply(relayed, self._personas[relayed.agent], latency)
            case CommandKind.SWITCH_AGENT if command.agent is not None:
                self._switch(command.agent, turn, latency)

    def set_volume_db(self, volume_db: float) -> None:
        """Set the usual volume; 0 is the speech server's. What "louder" changed is dropped if it
        differs from the usual volume before."""
        if volume_db != self._volume_db:
            self._volume_db = self._gain_db = volume_db
            self._loudspeaker.set_gain_db(volume_db)

    def _change_volume(self, step_db: float) -> None:
        wanted = self._gain_db + step_db
        self._gain_db = min(max(wanted, self._settings.quietest_db), self._settings.loudest_db)
        self._loudspeaker.set_gain_db(self._gain_db)

    def _repeat(self, turn: AgentTurn, latency: TurnLatency) -> None:
        current = self._floor.reply if self._floor.answer_audible else None
        last = self._floor.last_reply
        if current is not None:
            # It is being stopped; its text is complete when it has ended.
            self._say(self._last_text, current.persona, turn, latency)
        elif last is not None:
            self._say(lambda: last.text, last.persona, turn, latency)

    def _continue(self, turn: AgentTurn, latency: TurnLatency) -> None:
        reply, last, unheard = self._floor.certain_reply, self._floor.last_reply, self._unheard()
        if reply is not None:
            if reply.state is ReplyState.OFFERING and not reply.accept_continuation():
                # It is about to end; its unheard rest is known then.
                self._say(self._unheard, reply.persona, turn, latency)
        elif last is not None and unheard:
            self._say(lambda: unheard, last.persona, turn, latency)

    def _switch(self, agent: str, turn: AgentTurn, latency: TurnLatency) -> None:
        self._choose_agent(agent, turn)
        words, persona = listening(turn.language), self._personas[agent]
        self._say(lambda: words, persona, turn, latency, repeatable=False)

    def _say(
        self,
        words: Callable[[], str],
        persona: Persona,
        turn: AgentTurn,
        latency: TurnLatency,
        *,
        repeatable: bool = True,
    ) -> None:
        turn = replace(turn, agent=persona.agent)
        self._floor.say(words, turn, persona, latency, repeatable=repeatable)

    def _last_text(self) -> str:
        last = self._floor.last_reply
        return "" if last is None else last.text

    def _unheard(self) -> str:
        """The unheard rest of the last reply, while members remember what it was about."""
        last = self._floor.last_reply
        if last is None or self._clock() - last.at > self._settings.go_on_within_s:
            return ""
        return last.unheard
