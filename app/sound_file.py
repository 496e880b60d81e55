"""Speech as an audio file for any phone: Opus in Ogg, some 3 KB a second."""

from __future__ import annotations

import asyncio
import io
from contextlib import aclosing
from typing import Final

import av
import numpy as np

from pipeline.audio import SPOKEN_RATE, Pcm16
from pipeline.ports import Synthesizer, Voice
from pipeline.settings import SpeechTextSettings
from pipeline.speaking.text_normalization import SentenceCutter

_BIT_RATE: Final = 24_000
_FRAME: Final = SPOKEN_RATE // 50


def ogg_opus(pcm: Pcm16) -> bytes:
    """48 kHz mono ``int16[n]`` as an Ogg file; takes a few milliseconds for a second of speech."""
    file = io.BytesIO()
    with av.open(file, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=SPOKEN_RATE, layout="mono")
        stream.bit_rate = _BIT_RATE
        missing = -pcm.size % _FRAME if pcm.size else _FRAME
        whole = np.pad(pcm, (0, missing))
        for start in range(0, whole.size, _FRAME):
            frame = av.AudioFrame.from_ndarray(
                whole[np.newaxis, start : start + _FRAME], format="s16", layout="mono"
            )
            frame.rate, frame.pts = SPOKEN_RATE, start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()


async def spoken_file(
    text: str, voice: Voice, synthesizer: Synthesizer, speech_text: SpeechTextSettings
) -> bytes:
    """A text as it is spoken, sentence by sentence, as an Ogg file.

    Raises:
        SpeechUnavailable: the server gave no audio.
    """
    cutter = SentenceCutter(speech_text, None)
    chunks = [np.zeros(0, np.int16)]
    for sentence in (*cutter.feed(text), *cutter.finish()):
        async with aclosing(synthesizer.speak(sentence, voice)) as audio:
            chunks += [pcm async for pcm in audio]
    return await asyncio.to_thread(ogg_opus, np.concatenate(chunks))
