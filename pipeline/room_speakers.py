"""The speakers of a room: the recognition of each, and the state of their present turns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.audio import Pcm16
from pipeline.inference.speech_models import SpeechModels
from pipeline.listening.audio_recognition import AudioRecognition, RecognitionRoom
from pipeline.ports import Speaker
from pipeline.settings import PipelineSettings
from pipeline.speaking.reply import Reply


@dataclass(slots=True)
class _SpeakerTurn:
    recognition: AudioRecognition
    partial_requested: bool = False
    """A partial transcript over a reply was requested; once a turn is enough."""
    interrupted: Reply | None = None
    """The reply that the turn interrupted before the turn was over."""


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
        self._turns: dict[int, _SpeakerTurn] = {}

    @property
    def ids(self) -> set[int]:
        return set(self._turns)

    def add(self, speaker: Speaker) -> None:
        """Start the recognition for a person; for one who is here already, take the new name."""
        if speaker.id in self._turns:
            self._turns[speaker.id].recognition.speaker = speaker
            return
        self._turns[speaker.id] = _SpeakerTurn(
            AudioRecognition(speaker, self._room, self._models, self._settings, self._clock)
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

    def skip_to(self, speaker_id: int, at: float) -> None:
        """Drop the audio before ``at`` from the speaker's present turn."""
        self._turns[speaker_id].recognition.skip_to(at)

    def begin_turn(self, speaker_id: int) -> None:
        """Reset the state of the speaker's present turn."""
        turn = self._turns.get(speaker_id)
        if turn is not None:
            turn.partial_requested, turn.interrupted = False, None

    def interrupt(self, speaker_id: int, reply: Reply) -> None:
        """The speaker's present turn interrupted a reply. Only the first one counts: the next
        reply has not been heard yet."""
        turn = self._turns.get(speaker_id)
        if turn is not None and turn.interrupted is None:
            turn.interrupted = reply

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
