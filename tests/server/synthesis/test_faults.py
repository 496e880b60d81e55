from __future__ import annotations

from datetime import UTC, datetime

import pytest

from server.synthesis.faults import retry_after_s, server_message, without_secret


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"error": {"message": "no such voice", "type": "x"}}', "no such voice"),
        (b'{"detail": "Not Found"}', "Not Found"),
        (
            b'{"detail": [{"loc": ["body", "voice"], "msg": "Field required"},'
            b' {"loc": ["body", "input"], "msg": "Too long"}]}',
            "voice: Field required; input: Too long",
        ),
        (b'{"detail": {"error": "bad", "message": "voice missing"}}', "voice missing"),
        (b'{"error": "model is loading"}', "model is loading"),
        (b"Internal Server Error", "Internal Server Error"),
        (b"two\n  lines\r\n", "two lines"),
        (b'{"code": 7}', '{"code": 7}'),
        (b"", "no message"),
        (b"\xff\xfe", "\N{REPLACEMENT CHARACTER}" * 2),
    ],
)
def test_the_message_of_any_server_becomes_one_line(body: bytes, message: str) -> None:
    assert server_message(body) == message


def test_a_long_page_is_cut() -> None:
    message = server_message(b"word " * 500)
    assert len(message) == 200
    assert message.endswith("...")


def test_a_deeply_nested_body_is_treated_as_text() -> None:
    assert server_message(b"[" * 8000).startswith("[[[")


def test_a_secret_is_masked_everywhere() -> None:
    assert without_secret("key abc is not abc", "abc") == "key *** is not ***"
    assert without_secret("nothing secret", None) == "nothing secret"


NOW = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("2", 2.0),
        (" 0.5 ", 0.5),
        ("-3", 0.0),
        ("Sat, 21 Nov 2026 12:00:05 GMT", 5.0),
        ("Sat, 21 Nov 2026 13:00:05 +0100", 5.0),
        ("Sat, 21 Nov 2026 12:00:05 -0000", 5.0),
        ("Sat, 21 Nov 2026 11:00:00 GMT", 0.0),
        (None, None),
        ("", None),
        ("soon", None),
        ("inf", None),
        ("nan", None),
        ("Sat, 99 Nov 2026 12:00:05 GMT", None),
    ],
)
def test_retry_after_reads_seconds_and_dates(value: str | None, seconds: float | None) -> None:
    assert retry_after_s(value, NOW) == seconds
