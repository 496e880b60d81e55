"""Malformed frames, as hypothesis strategies for their text."""

from __future__ import annotations

import json

from hypothesis import strategies as st

_ODD = (
    "null",
    "true",
    "-1",
    "0.5",
    "1e999",
    "NaN",
    "-Infinity",
    "9" * 400,
    "9" * 5_000,
    '""',
    '"x"',
    '"\\ud800"',
    '"\\u0000"',
    json.dumps("ä" * 20_000),
    "[]",
    '["a"]',
    "{}",
    '{"a":{"b":[1]}}',
    "[" * 400 + "]" * 400,
    '{"a":' * 150 + "1" + "}" * 150,
)
_FIELDS = (
    *("runId", "sessionKey", "state", "deltaText", "replace", "message", "stopReason", "seq"),
    *("errorMessage", "errorKind", "errorDetail", "id", "nodeId", "command", "paramsJSON"),
    *("timeoutMs", "idempotencyKey", "invokeId", "decision", "content", "text"),
)
_NAMES = (
    "chat",
    "agent",
    "tick",
    "health",
    "presence",
    "connect.challenge",
    "node.invoke.request",
    "node.invoke.cancel",
    "node.pair.resolved",
    "what\n is this",
)
"""Every event that is read, but for ``shutdown``, which ends a connection whatever it holds."""

odd_values = st.sampled_from(_ODD) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
).map(json.dumps)


@st.composite
def _objects(draw: st.DrawFn) -> str:
    """An object of known fields with odd values, some of them twice."""
    pairs = draw(st.lists(st.tuples(st.sampled_from(_FIELDS), odd_values), max_size=8))
    return "{" + ",".join(f'"{name}":{value}' for name, value in pairs) + "}"


@st.composite
def _events(draw: st.DrawFn) -> str:
    name = json.dumps(draw(st.sampled_from(_NAMES)))
    payload = draw(odd_values | _objects())
    number = draw(st.just("") | odd_values.map(lambda value: f',"seq":{value}'))
    return f'{{"type":"event","event":{name},"payload":{payload}{number}}}'


@st.composite
def _answers(draw: st.DrawFn) -> str:
    ident = draw(st.sampled_from(['"1"', '"2"', '"3"', "7", '["1"]', "null"]))
    more = draw(_objects() | odd_values)
    ok = draw(st.sampled_from(["1", '"yes"', "null", "[]"]))
    return f'{{"type":"res","id":{ident},"ok":{ok},"payload":{more},"error":{more}}}'


malformed_frames = (
    _events() | _answers() | odd_values | st.text(max_size=50) | st.binary(max_size=50)
)


def own_event(run_id: str, field: str, odd: str) -> str:
    """A chat event of a certain run, with one field that is not what it has to be."""
    payload = {"runId": run_id, "sessionKey": "agent:sage:discord:dm:alice", "state": "final"}
    fields = {name: json.dumps(value) for name, value in payload.items()} | {field: odd}
    text = ",".join(f'"{name}":{value}' for name, value in fields.items())
    return f'{{"type":"event","event":"chat","payload":{{{text}}}}}'
