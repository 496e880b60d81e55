from __future__ import annotations

import numpy as np
import pytest

from server.audio.decode import PcmDecoder, WholeDecoder
from server.errors import Undecodable
from tests.server.audio.decoding import decoded
from tests.server.sounds import encoded, pcm, tone


@pytest.mark.parametrize("piece", [1, 3, 1000, 10**6])
def test_raw_samples_may_arrive_in_any_chunks(piece: int) -> None:
    assert np.array_equal(decoded(PcmDecoder(24_000), pcm(24_000), piece), tone(24_000))


@pytest.mark.parametrize(
    ("container", "codec", "rate"), [("ogg", "libopus", 48_000), ("flac", "flac", 24_000)]
)
def test_other_containers_are_decoded_when_complete(container: str, codec: str, rate: int) -> None:
    decoder = WholeDecoder()
    assert decoder.feed(encoded(container, codec, rate)) == []
    seconds = sum(frame.samples / frame.sample_rate for frame in decoder.finish())
    assert 0.38 < seconds < 0.44


@pytest.mark.parametrize("data", [b"", b"{}", b"<html></html>" * 100])
def test_bytes_that_are_not_audio_raise(data: bytes) -> None:
    decoder = WholeDecoder()
    decoder.feed(data)
    with pytest.raises(Undecodable, match=f"{len(data)} bytes"):
        decoder.finish()


CONTAINERS = [("ogg", "libopus", 48_000), ("ipod", "aac", 44_100), ("flac", "flac", 24_000)]


@pytest.mark.parametrize(("container", "codec", "rate"), CONTAINERS)
def test_several_files_in_one_answer_are_all_decoded(container: str, codec: str, rate: int) -> None:
    one = encoded(container, codec, rate)
    data = one + encoded(container, codec, rate, ms=800) + one
    heard = decoded(WholeDecoder(), data, 1000)
    assert abs(heard.size / rate - 1.6) < 0.15


@pytest.mark.parametrize(
    ("container", "codec", "rate"), [each for each in CONTAINERS if each[0] != "ipod"]
)
def test_a_truncated_file_is_decoded_up_to_its_end(container: str, codec: str, rate: int) -> None:
    data = encoded(container, codec, rate, ms=2000)
    heard = decoded(WholeDecoder(), data[: len(data) * 3 // 4], 10**6)
    assert heard.size / rate > 0.6


def test_a_file_after_one_that_is_damaged_is_decoded() -> None:
    one = encoded("flac", "flac", 24_000)
    heard = decoded(WholeDecoder(), one[:60] + one, 10**6)
    assert abs(heard.size / 24_000 - 0.4) < 0.05
