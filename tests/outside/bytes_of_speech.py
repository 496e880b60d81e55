"""Readers of a speech server's answers, and of requests to our own server."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Final

from tokenizers import Tokenizer

from models.whisper import FIXTURE_DIR
from pipeline.inference.text_prompt import text_prompt
from pipeline.inference.whisper_vocabulary import WhisperVocabulary
from pipeline.ports import Voice
from server.audio.container import detect_container, mp3_frame_bytes
from server.audio.decode import Decoder, PcmDecoder, WholeDecoder, files_in
from server.audio.mp3 import Mp3Decoder, TagFilter
from server.audio.wav import BadWav, chunk_at, header, read_format, read_header
from server.audio.wav_decoder import WavDecoder
from server.engines.voices import find_voice
from server.errors import TtsError, Undecodable, UnreadableMedia
from server.protection.authentication import key_in
from server.protection.keys import KeyRing
from server.protection.turn_place import place_in
from server.settings import TtsSettings
from server.synthesis.audio_check import audio_defect, looks_like_text, max_duration_s
from server.synthesis.audio_stream import AudioStream, rate_in
from server.synthesis.elevenlabs import ElevenLabsDialect
from server.synthesis.endpoint import Endpoint
from server.synthesis.fallback_voices import FallbackVoices
from server.synthesis.faults import retry_after_s, server_message, without_secret
from server.synthesis.voice_choice import VoiceChoice, listed_voices
from server.transcription.languages import language_code
from server.transcription.media import read_media
from tests.outside.subject import Subject, raw

_CHUNK: Final = 512
_WAV: Final = b"RIFF\xff\xff\xff\xffWAVE"


def _stream(head: bytes) -> Callable[[str], object]:
    """Reads a text as audio that begins with ``head``, in chunks as a socket delivers them."""

    def hear(text: str) -> object:
        stream = AudioStream(
            pcm_rate=24_000, asked_for_pcm=True, trim_leading=True, max_trailing_ms=200
        )
        data = head + raw(text)
        heard = [stream.feed(data[at : at + _CHUNK]) for at in range(0, len(data), _CHUNK)]
        return heard, stream.finish()

    return hear


def _decoded(make: Callable[[], Decoder], head: bytes = b"") -> Callable[[str], object]:
    """Decodes a text that begins with ``head``, in chunks as a socket delivers them."""

    def decode(text: str) -> object:
        decoder = make()
        data = head + raw(text)
        frames = [decoder.feed(data[at : at + _CHUNK]) for at in range(0, len(data), _CHUNK)]
        return frames, decoder.finish()

    return decode


def _untagged(text: str) -> object:
    tags = TagFilter()
    data = raw(text)
    return [tags.feed(data[at : at + _CHUNK]) for at in range(0, len(data), _CHUNK)], tags.finish()


def _a_second() -> AudioStream:
    stream = AudioStream(pcm_rate=24_000, asked_for_pcm=True, trim_leading=True, max_trailing_ms=0)
    stream.feed(bytes(range(256)) * 188)
    stream.finish()
    return stream


_SPOKEN: Final = _a_second()
"""The audio stream of one finished sentence."""

_RING: Final = KeyRing(own="a key")
_ELEVENLABS: Final = ElevenLabsDialect(Endpoint("https://api.elevenlabs.io"), TtsSettings())


def _choose_voice(text: str) -> object:
    async def listed() -> list[str]:
        return text.split()

    return asyncio.run(VoiceChoice(listed).replacement_for(Voice("jarvis", agent="jarvis")))


@cache
def _vocabulary() -> WhisperVocabulary:
    tokenizer = Tokenizer.from_file(str(FIXTURE_DIR / "tokenizer.json"))
    return WhisperVocabulary(tokenizer, multilingual=True)


def _heard(text: str) -> object:
    """Reads a text as an uploaded file."""
    return [piece.size for piece in read_media(io.BytesIO(raw(text)))]


SUBJECTS: Final = (
    Subject("server.protection.turn_place:place_in", lambda t: place_in(raw(t))),
    Subject("pipeline.inference.text_prompt:text_prompt", lambda t: text_prompt(t, _vocabulary())),
    Subject("server.transcription.languages:language_code", language_code),
    Subject("server.transcription.media:read_media", _heard, (UnreadableMedia,)),
    Subject("server.synthesis.audio_stream:AudioStream.feed", _stream(b""), (Undecodable,)),
    Subject(
        "server.synthesis.audio_stream:AudioStream.feed, MP3",
        _stream(b"\xff\xfb\x90\x00"),
        (Undecodable,),
    ),
    Subject(
        "server.synthesis.audio_stream:AudioStream.feed, ID3",
        _stream(b"ID3\x04\x00\x00\x00\x00\x00\x10"),
        (Undecodable,),
    ),
    Subject("server.synthesis.audio_stream:AudioStream.feed, WAV", _stream(_WAV), (Undecodable,)),
    Subject(
        "server.synthesis.audio_stream:AudioStream.feed, Ogg", _stream(b"OggS"), (Undecodable,)
    ),
    Subject("server.synthesis.audio_stream:rate_in", rate_in),
    Subject("server.audio.decode:PcmDecoder.feed", _decoded(lambda: PcmDecoder(24_000))),
    Subject("server.audio.decode:WholeDecoder.feed", _decoded(WholeDecoder), (Undecodable,)),
    Subject("server.audio.decode:files_in", lambda t: files_in(raw(t))),
    Subject("server.audio.decode:files_in, Ogg", lambda t: files_in(b"OggS" + raw(t))),
    Subject("server.synthesis.endpoint:Endpoint.parse", lambda t: Endpoint.parse(f"http://{t}")),
    Subject("server.audio.mp3:Mp3Decoder.feed", _decoded(Mp3Decoder), (Undecodable,)),
    Subject("server.audio.mp3:TagFilter.feed", _untagged),
    Subject("server.synthesis.audio_check:max_duration_s", max_duration_s),
    Subject("server.synthesis.audio_check:looks_like_text", lambda t: looks_like_text(raw(t))),
    Subject("server.synthesis.audio_check:audio_defect", lambda t: audio_defect(_SPOKEN, t, 1.0)),
    Subject("server.synthesis.faults:server_message", lambda t: server_message(raw(t))),
    Subject("server.synthesis.faults:without_secret", lambda t: without_secret(t, "a")),
    Subject("server.synthesis.faults:retry_after_s", lambda t: retry_after_s(t, datetime.now(UTC))),
    Subject("server.audio.container:mp3_frame_bytes", lambda t: mp3_frame_bytes(raw(t))),
    Subject(
        "server.audio.container:detect_container",
        lambda t: detect_container(raw(t), complete=True, asked_for_pcm=True),
    ),
    Subject(
        "server.synthesis.fallback_voices:FallbackVoices.fallback_for",
        lambda t: FallbackVoices([t]).fallback_for(t),
    ),
    Subject("server.synthesis.voice_choice:VoiceChoice.replacement_for", _choose_voice),
    Subject(
        "server.synthesis.elevenlabs:ElevenLabsDialect.request",
        lambda t: _ELEVENLABS.request(t, Voice(t), "pcm"),
    ),
    Subject("server.synthesis.voice_choice:listed_voices", lambda t: listed_voices(raw(t))),
    Subject("server.engines.voices:find_voice", find_voice, (TtsError,)),
    Subject(
        "server.protection.authentication:key_in",
        lambda t: (key_in(b"Bearer " + raw(t)), key_in(b"Basic " + raw(t)), key_in(raw(t))),
    ),
    Subject("server.protection.keys:KeyRing.name_of", _RING.name_of),
    Subject("server.audio.wav:chunk_at", lambda t: chunk_at(_WAV + raw(t), 0)),
    Subject("server.audio.wav:read_format", lambda t: read_format(raw(t)), (BadWav,)),
    Subject("server.audio.wav:read_header", lambda t: read_header(_WAV + raw(t)), (BadWav,)),
    Subject(
        "server.audio.wav_decoder:WavDecoder.feed",
        _decoded(WavDecoder, header(24_000)),
        (Undecodable,),
    ),
    Subject(
        "server.audio.wav_decoder:WavDecoder.feed, a header",
        _decoded(WavDecoder, _WAV),
        (Undecodable,),
    ),
)
