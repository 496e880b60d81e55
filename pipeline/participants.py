"""The participants of a room: its agents and people, their utterances and their speech.

The names that can be called in a room change with its participants, so `Participants` parses its
utterances. `RoomSpeakers` has the recognition of each person and the state of their present turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.audio import Pcm16, level_db
from pipeline.inference.expected_names import ExpectedNames
from pipeline.inference.speech_models import SpeechModels
from pipeline.language.mentions import KnownNames
from pipeline.language.name_forms import agent_forms, other_names, spoken_names
from pipeline.language.utterance import ParsedUtterance
from pipeline.listening.audio_recognition import AudioRecognition, RecognitionRoom
from pipeline.listening.endpoint_rule import CompletionRule
from pipeline.listening.speaker_language import CallLanguage
from pipeline.ports import Persona, Speaker
from pipeline.settings import PipelineSettings
from pipeline.speaking.reply import Reply


class Participants:
    """One room's agents, of whom one is the current one, and its people."""

    def __init__(
        self, personas: Iterable[Persona], persona: Persona, name_threshold: float
    ) -> None:
        """``persona`` is the current agent. ``name_threshold`` is the least likeness (0..1) at
        which a word counts as a name."""
        self._own = {each.agent: each for each in (*personas, persona)}
        """The agents with the voices of the settings."""
        self._voices: Mapping[str, str] = {}
        self._personas = dict(self._own)
        self._persona = persona
        self._name_threshold = name_threshold
        self._people: dict[int, Speaker] = {}
        self._names: dict[int, KnownNames] = {}
        """The names that each speaker may call, until the participants change."""
        self._parsed: dict[int, ParsedUtterance] = {}
        """The last utterance of each speaker."""

    @property
    def persona(self) -> Persona:
        """The current agent."""
        return self._persona

    @property
    def personas(self) -> Mapping[str, Persona]:
        """All agents by id."""
        return self._personas

    @property
    def people(self) -> list[Speaker]:
        """The people who can be heard."""
        return list(self._people.values())

    @property
    def expected_names(self) -> ExpectedNames:
        """All names as they are spoken, for speech to text."""
        agents = [
            spoken
            for each in self._personas.values()
            for name in (each.name, *each.aliases)
            for spoken in (agent_forms(name)[-1], *other_names(name))
        ]
        spoken = [spoken_names(each.name) for each in self._people.values()]
        people = [forms[-1].title() for forms in spoken if forms]
        return ExpectedNames(tuple(dict.fromkeys(agents)), tuple(dict.fromkeys(people)))

    def name_of(self, agent: str) -> str:
        """The name that people call an agent by; its id if the room never had it."""
        persona = self._personas.get(agent)
        return agent if persona is None else persona.name

    def is_bot(self, speaker_id: int) -> bool:
        """Whether a participant is another bot."""
        speaker = self._people.get(speaker_id)
        return speaker is not None and speaker.bot

    def use_agent(self, persona: Persona) -> None:
        """Make an agent the current one, and know it by its names."""
        self._own[persona.agent] = persona
        self._persona = self._personas[persona.agent] = self.voiced(persona)
        self._names.clear()

    def use_voices(self, voices: Mapping[str, str]) -> None:
        """Give agents other voices, by the agent's id; the others have those of the settings."""
        self._voices = voices
        for agent, persona in self._own.items():
            self._personas[agent] = self.voiced(persona)
        self._persona = self._personas[self._persona.agent]

    def voiced(self, persona: Persona) -> Persona:
        """An agent with the voice that was chosen for it here, or with its own."""
        name = self._voices.get(persona.agent)
        return (
            persona if name is None else replace(persona, voice=replace(persona.voice, name=name))
        )

    def add(self, speaker: Speaker) -> None:
        """Add a person, or change the name of one who is here."""
        self._people[speaker.id] = speaker
        self._names.clear()

    def remove(self, speaker_id: int) -> None:
        self._people.pop(speaker_id, None)
        self._parsed.pop(speaker_id, None)
        self._names.clear()

    def parse(self, speaker_id: int, text: str, language: str | None) -> ParsedUtterance:
        """An utterance of a speaker; ``language`` is an ISO code.

        The words at a turn's last pause are those of its end, as a rule: they are parsed once.
        """
        parsed, names = self._parsed.get(speaker_id), self._names_for(speaker_id)
        if (
            parsed is None
            or parsed.names is not names
            or (parsed.text, parsed.language_code) != (text, language)
        ):
            parsed = ParsedUtterance(speaker_id, text, language, names)
            if speaker_id in self._people:
                self._parsed[speaker_id] = parsed
        return parsed

    def _names_for(self, speaker_id: int) -> KnownNames:
        names = self._names.get(speaker_id)
        if names is None:
            names = self._names[speaker_id] = KnownNames(
                self._persona.agent,
                self._personas.values(),
                (person for person in self._people.values() if person.id != speaker_id),
                self._name_threshold,
            )
        return names


@dataclass(slots=True)
class _SpeakerTurn:
    recognition: AudioRecognition
    partial_requested: bool = False
    """A partial transcript over a reply was requested; once a turn is enough."""
    interrupted: Reply | None = None
    """The reply that the turn interrupted before the turn was over."""


@dataclass(frozen=True, slots=True)
class HeardPerson:
    """A person whose microphone is heard. ``level_db`` is in dB below full scale."""

    speaker: Speaker
    speaking: bool
    level_db: float


class RoomSpeakers:
    """The people of one room who can be heard. ``room`` gets their transcripts."""

    def __init__(
        self,
        room: RecognitionRoom,
        models: SpeechModels,
        settings: PipelineSettings,
        clock: Callable[[], float],
    ) -> None:
        self._room = room
        self._models = models
        self._settings = settings
        self._clock = clock
        self._language = CallLanguage(settings.stt)
        self._rule = CompletionRule(settings.turn)
        self._turns: dict[int, _SpeakerTurn] = {}

    @property
    def ids(self) -> set[int]:
        return set(self._turns)

    def use_languages(self, languages: tuple[str, ...]) -> None:
        """Expect these languages (ISO codes, the usual one first); empty detects all."""
        self._language.choose(languages)

    def use_language_of_server(self, language: str) -> None:
        """Expect this language (an ISO code) in the first short turns, if no other is expected."""
        self._language.of_server = language

    def use_eager(self, eager: Literal["off", "careful", "on"]) -> None:
        """Send questions as early as `TurnSettings.eager` says."""
        self._rule.settings = self._settings.turn.model_copy(update={"eager": eager})

    def add(self, speaker: Speaker) -> None:
        """Start the recognition for a person; for one who is here already, take the new name."""
        if speaker.id in self._turns:
            self._turns[speaker.id].recognition.speaker = speaker
            return
        self._turns[speaker.id] = _SpeakerTurn(
            AudioRecognition(
                speaker,
                self._room,
                self._models,
                self._settings,
                self._clock,
                self._language,
                self._rule,
            )
        )

    def remove(self, speaker_id: int) -> None:
        turn = self._turns.pop(speaker_id, None)
        if turn is not None:
            turn.recognition.close()

    def close(self) -> None:
        for speaker_id in self.ids:
            self.remove(speaker_id)

    def hear(self, speaker_id: int, pcm: Pcm16, at: float, *, end_of_talk: bool) -> None:
        """Take 16 kHz mono audio, ``int16[n]``; that of people who did not join is dropped."""
        turn = self._turns.get(speaker_id)
        if turn is not None:
            turn.recognition.push_audio(pcm, at, end_of_talk=end_of_talk)

    def audio(self, speaker_id: int, start: float, end: float) -> Pcm16:
        """A speaker's audio from ``start`` to ``end``, ``int16[n]``, as far as it is kept."""
        return self._turns[speaker_id].recognition.audio(start, end)

    def heard(self, last_s: float) -> list[HeardPerson]:
        """What the microphones of the people brought in the last ``last_s`` seconds."""
        now = self._clock()
        every = (turn.recognition for turn in self._turns.values())
        return [
            HeardPerson(each.speaker, each.speaking, level_db(each.audio(now - last_s, now)))
            for each in every
        ]

    def skip_to(self, speaker_id: int, at: float) -> None:
        """Drop the audio before ``at`` from the speaker's present turn."""
        self._turns[speaker_id].recognition.skip_to(at)

    def begin_turn(self, speaker_id: int) -> None:
        """Reset the state of the speaker's present turn."""
        turn = self._turns.get(speaker_id)
        if turn is not None:
            turn.partial_requested, turn.interrupted = False, None

    def interrupt(self, speaker_id: int, reply: Reply | None) -> bool:
        """The speaker's present turn is meant to interrupt a reply; False if it cannot. A turn
        interrupts one reply: the next one begins while it is being said."""
        turn = self._turns.get(speaker_id)
        if reply is None:
            return False
        if turn is not None and turn.interrupted is None:
            turn.interrupted = reply
        return turn is not None and turn.interrupted is reply

    def interrupted_by(self, speaker_id: int) -> Reply | None:
        """The reply that the speaker's present turn interrupted."""
        turn = self._turns.get(speaker_id)
        return None if turn is None else turn.interrupted

    def take_interrupted(self, speaker_id: int) -> Reply | None:
        """The reply that the speaker's present turn interrupted; it is reset."""
        turn = self._turns.get(speaker_id)
        if turn is None:
            return None
        interrupted, turn.interrupted = turn.interrupted, None
        return interrupted

    def request_partials(self, now: float, echoes: Callable[[int], bool]) -> None:
        """Request a partial transcript of every turn that has lasted long enough to interrupt a
        reply, and that ``echoes`` does not take for the bot's own voice."""
        after_s = self._settings.barge_in.overhear_after_ms / 1000
        for speaker_id, turn in self._turns.items():
            recognition = turn.recognition
            if (
                recognition.speaking
                and not turn.partial_requested
                and not echoes(speaker_id)
                and now - recognition.speech_start >= after_s
            ):
                turn.partial_requested = True
                recognition.transcribe_partial()
