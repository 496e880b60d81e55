"""What sees the answers of a speech server, and what is asked of our own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from server.tts.audio_stream import AudioStream, rate_in
from server.tts.endpoint import Endpoint
from server.tts.errors import TtsError, Undecodable
from server.tts.refusal import server_message, without_secret
from server.tts.sniff import mp3_frame_bytes, sniff
from server.tts.voice_list import voice_ids
from server.tts.voices import find
from server.tts.wav import BadWav, read_header
from tests.outside.subject import Subject, raw

_CHUNK: Final = 512
_WAV: Final = b"RIFF\xff\xff\xff\xffWAVE"


def _stream(head: bytes) -> Callable[[str], object]:
    """Hears a text as audio that begins with ``head``, in chunks as they come off a socket."""

    def hear(text: str) -> object:
        stream = AudioStream(
            pcm_rate=24_000, asked_for_pcm=True, trim_leading=True, max_trailing_ms=200
        )
        data = head + raw(text)
        heard = [stream.feed(data[at : at + _CHUNK]) for at in range(0, len(data), _CHUNK)]
        return heard, stream.finish()

    return hear


SUBJECTS: Final = (
    Subject("server.tts.audio_stream:AudioStream.feed", _stream(b""), (Undecodable,)),
    Subject(
        "server.tts.audio_stream:AudioStream.feed, MP3",
        _stream(b"\xff\xfb\x90\x00"),
        (Undecodable,),
    ),
    Subject(
        "server.tts.audio_stream:AudioStream.feed, ID3",
        _stream(b"ID3\x04\x00\x00\x00\x00\x00\x10"),
        (Undecodable,),
    ),
    Subject("server.tts.audio_stream:AudioStream.feed, WAV", _stream(_WAV), (Undecodable,)),
    Subject("server.tts.audio_stream:AudioStream.feed, Ogg", _stream(b"OggS"), (Undecodable,)),
    Subject("server.tts.audio_stream:rate_in", rate_in),
    Subject("server.tts.endpoint:Endpoint.parse", lambda t: Endpoint.parse(f"http://{t}")),
    Subject("server.tts.refusal:server_message", lambda t: server_message(raw(t))),
    Subject("server.tts.refusal:without_secret", lambda t: without_secret(t, "a")),
    Subject("server.tts.sniff:mp3_frame_bytes", lambda t: mp3_frame_bytes(raw(t))),
    Subject("server.tts.sniff:sniff", lambda t: sniff(raw(t), complete=True, asked_for_pcm=True)),
    Subject("server.tts.voice_list:voice_ids", lambda t: voice_ids(raw(t))),
    Subject("server.tts.voices:find", find, (TtsError,)),
    Subject("server.tts.wav:read_header", lambda t: read_header(_WAV + raw(t)), (BadWav,)),
)
