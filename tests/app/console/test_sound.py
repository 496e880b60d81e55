from __future__ import annotations

import asyncio
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from app.console.sound import (
    ConsoleLoudspeaker,
    ConsoleMicrophone,
    SoundUnavailable,
    sound_module,
)
from pipeline.audio import SPOKEN_FRAME

pytestmark = pytest.mark.virtual_time

FRAME = b"\1\2" * SPOKEN_FRAME


class PortAudioError(Exception):
    pass


class ScriptedStream:
    def __init__(self, **options: Any) -> None:
        self.options = options
        self.closed = False

    def start(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


def scripted(devices: dict[str, dict[str, Any]]) -> Any:
    """A stand-in for the module sounddevice, with these devices."""

    def query_devices(kind: str) -> dict[str, Any]:
        if kind not in devices:
            raise PortAudioError("Error querying device -1")
        return devices[kind]

    return SimpleNamespace(
        PortAudioError=PortAudioError,
        query_devices=query_devices,
        RawInputStream=ScriptedStream,
        RawOutputStream=ScriptedStream,
    )


DEVICES = {
    "input": {"name": "Headset", "default_samplerate": 44_100.0},
    "output": {"name": "Headset", "default_samplerate": 44_100.0},
}


@pytest.mark.parametrize(
    ("broken", "told"),
    [(ImportError("no module"), "sounddevice"), (OSError("PortAudio"), "libportaudio2")],
)
def test_what_is_missing_is_told_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, broken: Exception, told: str
) -> None:
    class Finder:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "sounddevice":
                raise broken

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    with pytest.raises(SoundUnavailable, match=f"install.*{told}|{told}.*install"):
        sound_module()


async def test_a_machine_without_devices_is_told() -> None:
    with pytest.raises(SoundUnavailable, match="no microphone"):
        ConsoleMicrophone(scripted({}), lambda _: None)
    with pytest.raises(SoundUnavailable, match="no loudspeaker"):
        ConsoleLoudspeaker(scripted({}))


async def test_the_microphone_is_heard_at_its_own_rate_unless_it_is_muted() -> None:
    heard: list[bytes] = []
    microphone = ConsoleMicrophone(scripted(DEVICES), heard.append)
    stream = microphone._stream
    assert (microphone.rate, stream.options["blocksize"]) == (44_100, 882)
    stream.options["callback"](memoryview(b"ab"), 1, None, None)
    microphone.muted = True
    stream.options["callback"](memoryview(b"cd"), 1, None, None)
    await asyncio.sleep(0.01)
    assert heard == [b"ab"]
    microphone.close()
    assert stream.closed


async def test_an_answer_begins_with_a_reserve_and_ends_in_silence() -> None:
    loudspeaker = ConsoleLoudspeaker(scripted(DEVICES))
    callback = loudspeaker._stream.options["callback"]

    def wanted() -> bytes:
        out = bytearray(SPOKEN_FRAME * 2)
        callback(memoryview(out), SPOKEN_FRAME, None, None)
        return bytes(out)

    silence = bytes(SPOKEN_FRAME * 2)
    loudspeaker.play(FRAME)
    assert wanted() == silence
    loudspeaker.play(FRAME)
    loudspeaker.play(FRAME)
    assert [wanted() for _ in range(4)] == [FRAME, FRAME, FRAME, silence]
