"""One realtime session: the client's events in order, and the events that answer them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing
from typing import Any, Final

import numpy as np

from pipeline.audio import HEARD_RATE, Pcm16, to_samples
from pipeline.errors import PipelineError
from pipeline.inference.decoding_choices import DecodingChoices
from pipeline.inference.expected_names import ExpectedNames
from server.errors import ApiError
from server.realtime.audio_format import LiveAudio
from server.realtime.configuration import (
    RealtimeInput,
    RealtimeWords,
    shown,
    shown_flat,
    updated,
)
from server.realtime.live_turns import LiveTurn, LiveTurns, new_id
from server.transcription.languages import language_code
from server.transcription.listening_models import ListeningModels
from server.transcription.models import check_listening_model

LONGEST_BUFFER_S: Final = 600
"""The most audio that waits for a commit."""
_SHORTEST_COMMIT_S: Final = 0.1
_TRANSCRIPTION: Final = "conversation.item.input_audio_transcription"


class RealtimeSession:
    """The state of one session. ``emit`` takes the server's events, in order, without waiting."""

    def __init__(self, listening: ListeningModels, emit: Callable[[dict[str, Any]], None]) -> None:
        self._listening = listening
        self._emit = emit
        self._id = new_id("sess")
        self._config = RealtimeInput()
        self._audio = LiveAudio(self._config.format)
        self._turns: LiveTurns | None = self._new_turns(0.0)
        self._retired: list[LiveTurns] = []
        """Earlier configurations, some of whose words are still awaited."""
        self._buffer: list[Pcm16] = []
        """Audio that waits for a commit, where the client ends the turns."""
        self._now_s = 0.0
        self._last_item: str | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._send("session.created", session=shown(self._config, self._id))

    async def handle(self, message: str | bytes, *, more_waits: bool) -> None:
        """Act on one event of the client; what is wrong with it is answered with an error."""
        event_id: object = None
        try:
            try:
                event = json.loads(message)
            except (ValueError, RecursionError) as error:
                raise ApiError("The event is not valid JSON.", code="invalid_json") from error
            if not isinstance(event, dict):
                raise ApiError("The event is not a JSON object.", code="invalid_json")
            event_id = event.get("event_id")
            await self._act(event, more_waits=more_waits)
        except ApiError as error:
            self._send("error", error={**error.body, "event_id": _id_or_none(event_id)})

    def report_failure(self) -> None:
        """Tell the client that the server failed on an event."""
        error = ApiError(
            "The server failed on this event; see its log.",
            kind="server_error",
            code="internal_error",
        )
        self._send("error", error={**error.body, "event_id": None})

    async def aclose(self) -> None:
        """Stop; the words that are not there yet are dropped."""
        for task in (tasks := list(self._tasks)):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for turns in (self._turns, *self._retired):
            if turns is not None:
                await turns.aclose()

    async def _act(self, event: dict[str, Any], *, more_waits: bool) -> None:
        match event.get("type"):
            case "input_audio_buffer.append":
                await self._append(event.get("audio"), more_waits=more_waits)
            case "input_audio_buffer.commit":
                self._commit()
            case "input_audio_buffer.clear":
                self._clear()
                self._send("input_audio_buffer.cleared")
            case "session.update":
                self._configure(event.get("session"))
                self._send("session.updated", session=shown(self._config, self._id))
            case "transcription_session.update":
                self._configure(event.get("session"))
                flat = shown_flat(self._config, self._id)
                self._send("transcription_session.updated", session=flat)
            case other:
                raise ApiError(
                    f"The event {str(other)[:60]!r} is not served here: this is a session of "
                    "transcription.",
                    param="type",
                    code="unknown_event",
                )

    def _configure(self, session: object) -> None:
        config = updated(self._config, session)
        words = config.transcription or RealtimeWords()
        if words.model is not None:
            check_listening_model(words.model, self._listening, live=True)
        for language in (*words.languages, *filter(None, (words.language,))):
            if language_code(language) not in self._listening.languages:
                raise ApiError(
                    f"transcription.language: the model {self._listening.name} does not know "
                    f"{language[:40]!r}.",
                    param="session.audio.input.transcription.language",
                    code="unsupported_language",
                )
        if config.format != self._config.format:
            self._audio = LiveAudio(config.format)
        # What is being said belongs to the configuration under which it began.
        if self._turns is not None:
            self._hear_now(self._turns.commit())
            self._retired = [each for each in self._retired if each.pending]
            self._retired.append(self._turns)
            self._now_s = self._turns.now_s
        self._config = config
        self._turns = None if config.turn_detection is None else self._new_turns(self._now_s)

    def _new_turns(self, now_s: float) -> LiveTurns:
        settings, rule = self._config.pipeline(self._listening.pipeline)
        words = self._config.transcription or RealtimeWords()
        names = ExpectedNames(words.keywords)
        return LiveTurns(self._listening, settings, rule, names, self, now_s=now_s)

    async def _append(self, audio: object, *, more_waits: bool) -> None:
        pcm = self._audio.feed(audio)
        if self._turns is not None:
            await self._turns.feed(pcm, more_waits=more_waits)
            return
        waiting = sum(each.size for each in self._buffer)
        if waiting + pcm.size > LONGEST_BUFFER_S * HEARD_RATE:
            raise ApiError(
                f"The buffer has {LONGEST_BUFFER_S} s of audio, the most that it holds: commit or "
                "clear it.",
                code="input_audio_buffer_full",
            )
        self._buffer.append(pcm)
        self._now_s += pcm.size / HEARD_RATE

    def _commit(self) -> None:
        if self._turns is not None:
            ended = self._turns.commit()
        else:
            audio = np.concatenate([np.empty(0, np.int16), *self._buffer])
            seconds = audio.size / HEARD_RATE
            ended = None
            if seconds >= _SHORTEST_COMMIT_S:
                self._buffer = []
                turn = LiveTurn(new_id("item"), self._now_s - seconds)
                self._committed(turn)
                ended = turn, audio
        if ended is None:
            raise ApiError(
                "Error committing input audio buffer: buffer too small. Expected at least 100ms of "
                "speech.",
                code="input_audio_buffer_commit_empty",
            )
        self._hear_now(ended)

    def _clear(self) -> None:
        self._buffer = []
        if self._turns is not None:
            self._turns.clear()

    def _hear_now(self, ended: tuple[LiveTurn, Pcm16] | None) -> None:
        """Transcribe a turn that the client ended."""
        if ended is None:
            return
        task = asyncio.create_task(self._hear(*ended), name=f"transcribe {ended[0].id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _hear(self, turn: LiveTurn, audio: Pcm16) -> None:
        words = self._config.transcription or RealtimeWords()
        language = language_code(words.language) if words.language else None
        pieces = self._listening.hear_pieces(
            [to_samples(audio)], language=language, choices=DecodingChoices(words.prompt or "")
        )
        texts: list[str] = []
        try:
            async with aclosing(pieces):
                async for part in pieces:
                    if part.text:
                        texts.append(part.text)
                        self.words_so_far(turn, " ".join(texts))
        except PipelineError as error:
            self.turn_failed(turn, str(error))
            return
        self.turn_heard(turn, " ".join(texts), audio.size / HEARD_RATE)

    # -- what is heard ----------------------------------------------------------------------

    def turn_began(self, turn: LiveTurn) -> None:
        self._send(
            "input_audio_buffer.speech_started",
            audio_start_ms=round(turn.began_s * 1000),
            item_id=turn.id,
        )

    def turn_ended(self, turn: LiveTurn, at_s: float) -> None:
        self._send(
            "input_audio_buffer.speech_stopped", audio_end_ms=round(at_s * 1000), item_id=turn.id
        )
        self._committed(turn)

    def words_so_far(self, turn: LiveTurn, words: str) -> None:
        if words.startswith(turn.sent) and len(words) > len(turn.sent):
            delta, turn.sent = words[len(turn.sent) :], words
            self._send(f"{_TRANSCRIPTION}.delta", item_id=turn.id, content_index=0, delta=delta)

    def turn_heard(self, turn: LiveTurn, words: str, seconds: float) -> None:
        self.words_so_far(turn, words)
        self._send(
            f"{_TRANSCRIPTION}.completed",
            item_id=turn.id,
            content_index=0,
            transcript=words,
            usage={"type": "duration", "seconds": round(seconds, 3)},
        )

    def turn_failed(self, turn: LiveTurn, why: str) -> None:
        error = ApiError(
            f"The words are lost: {why}.", kind="server_error", code="transcription_failed"
        )
        self._send(f"{_TRANSCRIPTION}.failed", item_id=turn.id, content_index=0, error=error.body)

    def _committed(self, turn: LiveTurn) -> None:
        before, self._last_item = self._last_item, turn.id
        item = {
            "id": turn.id,
            "object": "realtime.item",
            "type": "message",
            "role": "user",
            "status": "completed",
            "content": [{"type": "input_audio", "transcript": None}],
        }
        self._send("input_audio_buffer.committed", previous_item_id=before, item_id=turn.id)
        self._send("conversation.item.added", previous_item_id=before, item=item)
        self._send("conversation.item.done", previous_item_id=before, item=item)

    def _send(self, kind: str, **content: Any) -> None:
        self._emit({"type": kind, "event_id": new_id("event"), **content})


def _id_or_none(event_id: object) -> str | None:
    return event_id[:100] if isinstance(event_id, str) else None
