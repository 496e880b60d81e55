"""One user on LiveKit's own AgentSession: where turns end.

The session has its local VAD, the local turn detector v1-mini, and every default, so it asks its
agent when a final transcript is there ("preemptive generation") and lets the answer sound when the
turn is committed; the sentence is synthesised from then on. The agent and the voice here answer at
once with a frame of silence. A user who speaks makes an answer wait that does not sound yet.
"""

from __future__ import annotations

import asyncio
from typing import Any, Final

from livekit import rtc  # type: ignore[import-not-found]
from livekit.agents import (  # type: ignore[import-not-found]
    Agent,
    AgentSession,
    inference,
    llm,
    stt,
    tts,
    utils,
)

from bench.comparison.adapters.livekit_call import LiveKitIn, LiveKitOut
from bench.comparison.harness import Report
from bench.comparison.protocol import RATE, Job
from bench.comparison.tone import TONE_RATE
from bench.comparison.word_client import Words

_ASKED_WITHIN_S: Final = 0.05
"""An agent that was not asked before is asked so soon after the commit."""


class _Stt(stt.STT):  # type: ignore[misc]
    """The words that Whisper hears in each segment of the VAD."""

    def __init__(self, words: Words) -> None:
        super().__init__(capabilities=stt.STTCapabilities(streaming=False, interim_results=False))
        self._words = words

    async def _recognize_impl(self, buffer: Any, **_: Any) -> Any:
        frame = utils.merge_frames(buffer)
        text = await self._words.text(bytes(frame.data))
        return stt.SpeechEvent(
            type=stt.SpeechEventType.FINAL_TRANSCRIPT,
            alternatives=[stt.SpeechData(language="en", text=text)],
        )


class _Llm(llm.LLM):  # type: ignore[misc]
    """Answers at once; notes when it is asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[float] = []

    def chat(self, *, chat_ctx: Any, tools: Any = None, conn_options: Any, **_: Any) -> Any:
        self.asked.append(asyncio.get_running_loop().time())
        return _Answer(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)


class _Answer(llm.LLMStream):  # type: ignore[misc]
    async def _run(self) -> None:
        delta = llm.ChoiceDelta(role="assistant", content="Yes.")
        self._event_ch.send_nowait(llm.ChatChunk(id="answer", delta=delta))


class _Tts(tts.TTS):  # type: ignore[misc]
    """Speaks one frame of silence for any text."""

    def __init__(self) -> None:
        super().__init__(
            capabilities=tts.TTSCapabilities(streaming=False),
            sample_rate=TONE_RATE,
            num_channels=1,
        )

    def synthesize(self, text: str, *, conn_options: Any) -> Any:
        return _Speech(tts=self, input_text=text, conn_options=conn_options)


class _Speech(tts.ChunkedStream):  # type: ignore[misc]
    async def _run(self, output_emitter: Any) -> None:
        output_emitter.initialize(
            request_id="speech", sample_rate=TONE_RATE, num_channels=1, mime_type="audio/pcm"
        )
        output_emitter.push(bytes(TONE_RATE // 50 * 2))
        output_emitter.flush()


class _Agent(Agent):  # type: ignore[misc]
    """Reports when a turn is committed, and when its agent was asked."""

    def __init__(self, speaker: int, report: Report, model: _Llm) -> None:
        super().__init__(instructions="")
        self._speaker = speaker
        self._turns = report
        self._model = model
        self._answered_s = 0.0
        self._reports: set[asyncio.Task[None]] = set()

    async def on_user_turn_completed(self, turn_ctx: Any, new_message: Any) -> None:
        task = asyncio.create_task(self._report(asyncio.get_running_loop().time()))
        self._reports.add(task)
        task.add_done_callback(self._reports.discard)

    async def _report(self, committed_s: float) -> None:
        """Wait for the agent to be asked now, in case what it was asked before is not used."""
        await asyncio.sleep(_ASKED_WITHIN_S)
        of_turn = [at for at in self._model.asked if at > self._answered_s]
        self._answered_s = committed_s + _ASKED_WITHIN_S
        if of_turn:
            self._turns.turn_end(
                self._speaker,
                self._turns.since(self._speaker, committed_s),
                self._turns.since(self._speaker, of_turn[-1]),
            )


class LiveKitTalk:
    """One user at a time."""

    async def open_talk(self, speaker: int, job: Job, report: Report, words: Words) -> None:
        model = _Llm()
        self._ears, self._mouth = LiveKitIn(), LiveKitOut(Report())
        self._talk_session = AgentSession(
            vad=inference.VAD(),
            stt=_Stt(words),
            llm=model,
            tts=_Tts(),
            turn_handling={"turn_detection": inference.TurnDetector(version="v1-mini")},
        )
        self._talk_session.input.audio = self._ears
        self._talk_session.output.audio = self._mouth

        def on_user_state(event: Any) -> None:
            if event.new_state == "speaking":
                report.voice(speaker)

        self._talk_session.on("user_state_changed", on_user_state)
        self._playing = asyncio.create_task(self._mouth.run())
        await self._talk_session.start(_Agent(speaker, report, model))

    def hear_talk(self, pcm: Any) -> None:
        self._ears.frames.put_nowait(audio_frame(pcm))

    async def close_talk(self) -> None:
        await self._talk_session.aclose()
        self._playing.cancel()


def audio_frame(pcm: Any) -> Any:
    """A frame of LiveKit with ``int16[n]``, 16 kHz."""
    return rtc.AudioFrame(
        data=pcm.tobytes(), sample_rate=RATE, num_channels=1, samples_per_channel=pcm.size
    )
