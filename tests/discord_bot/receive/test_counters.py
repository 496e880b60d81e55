from __future__ import annotations

import json

from discord_bot.receive.counters import ReceiveCounters


def test_as_dict_is_json_and_a_copy() -> None:
    counters = ReceiveCounters(frames=3)
    counters.dave_fail["NoValidCryptorFound"] += 2
    counters.last_frame_at[11] = 5.5
    plain = counters.as_dict()
    counters.dave_fail["NoValidCryptorFound"] += 1
    assert json.loads(json.dumps(plain)) == plain
    assert plain["frames"] == 3
    assert plain["dave_fail"] == {"NoValidCryptorFound": 2}
    assert plain["last_frame_at"] == {"11": 5.5}
    assert "late" in plain
