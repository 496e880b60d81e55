from __future__ import annotations

import pytest
from pydantic import SecretStr

from web.access import ATTEMPTS, COOKIE, WINDOW_S, Access
from web.settings import WebSettings

PASSWORD = "correct horse"


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def locked(clock: Clock) -> Access:
    return Access(WebSettings(password=SecretStr(PASSWORD), session_hours=1.0), clock)


def cookie_of(access: Access) -> str:
    cookie = access.log_in(PASSWORD, "10.0.0.9")
    assert cookie is not None
    return cookie


def test_the_password_opens_a_session_until_it_expires(locked: Access, clock: Clock) -> None:
    cookie = cookie_of(locked)
    assert locked.is_operator({COOKIE: cookie})
    clock.now += 3_599
    assert locked.is_operator({COOKIE: cookie})
    clock.now += 2
    assert not locked.is_operator({COOKIE: cookie})


def test_a_session_that_was_logged_out_is_over(locked: Access) -> None:
    cookie, other = cookie_of(locked), cookie_of(locked)
    locked.log_out({COOKIE: cookie})
    assert not locked.is_operator({COOKIE: cookie})
    assert locked.is_operator({COOKIE: other})


def test_a_cookie_cannot_be_made_or_prolonged(locked: Access, clock: Clock) -> None:
    name, expires, signature = cookie_of(locked).split(".")
    longer = f"{float(expires) + 99_999:.0f}"
    forged = ["", ".", "..", "a.b.c", f"{name}.{longer}.{signature}", f"{name}.{expires}.", "é.1.2"]
    for cookie in forged:
        assert not locked.is_operator({COOKIE: cookie})
    elsewhere = Access(WebSettings(password=SecretStr(PASSWORD)), clock)
    assert not elsewhere.is_operator({COOKIE: f"{name}.{expires}.{signature}"})


def test_wrong_passwords_of_one_address_make_it_wait_and_no_other(
    locked: Access, clock: Clock
) -> None:
    for _ in range(ATTEMPTS):
        assert locked.wait_s("10.0.0.1") == 0
        assert locked.log_in("wrong", "10.0.0.1") is None
    assert 0 < locked.wait_s("10.0.0.1") <= WINDOW_S
    assert locked.wait_s("10.0.0.2") == 0
    clock.now += WINDOW_S + 0.1
    assert locked.wait_s("10.0.0.1") == 0


def test_wrong_passwords_from_many_addresses_make_all_wait(locked: Access) -> None:
    for number in range(10 * ATTEMPTS):
        locked.log_in("wrong", f"10.0.1.{number}")
    assert locked.wait_s("10.0.9.9") > 0


def test_addresses_are_forgotten(locked: Access, clock: Clock) -> None:
    for number in range(3_000):
        locked.log_in("wrong", f"address {number}")
        clock.now += 2 * WINDOW_S / 1_000
    assert len(locked._failures) <= 1_001


@pytest.mark.parametrize("host", ["127.0.0.1:8091", "localhost", "LOCALHOST:80", "[::1]:8091"])
def test_without_a_password_this_machine_is_answered(host: str) -> None:
    access = Access(WebSettings())
    assert access.refusal({"host": host}) == ""
    assert access.is_operator({})


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "rebound.example:8091"},
        {"host": "[::1"},
        {},
        {"host": "127.0.0.1", "x-forwarded-for": "203.0.113.7"},
        {"host": "127.0.0.1", "forwarded": "for=203.0.113.7"},
    ],
)
def test_without_a_password_another_name_or_a_proxy_is_not(headers: dict[str, str]) -> None:
    assert "WEB__PASSWORD" in Access(WebSettings()).refusal(headers)


def test_with_a_password_every_name_is_answered_and_no_one_is_the_operator(locked: Access) -> None:
    headers = {"host": "voice.example.org", "x-forwarded-for": "203.0.113.7"}
    assert locked.refusal(headers) == ""
    assert not locked.is_operator({})


@pytest.mark.parametrize(
    ("origin", "own"),
    [
        ("http://127.0.0.1:8091", True),
        ("https://127.0.0.1:8091", True),
        ("https://voice.example.org", True),
        ("http://127.0.0.1:8092", False),
        ("https://evil.example", False),
        ("null", False),
        ("", False),
    ],
)
def test_only_our_own_pages_may_change_anything(origin: str, own: bool) -> None:
    access = Access(WebSettings.model_validate({"origins": ["https://voice.example.org"]}))
    assert access.from_own_page({"origin": origin, "host": "127.0.0.1:8091"}) is own


def test_a_request_without_a_host_comes_from_no_page_of_ours() -> None:
    assert not Access(WebSettings()).from_own_page({"origin": "http://"})
