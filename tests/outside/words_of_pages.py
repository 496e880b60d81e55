"""Readers of what browsers send."""

from __future__ import annotations

from typing import Final

from pydantic import SecretStr

from pipeline.ports import Speaker
from tests.outside.subject import Subject, raw
from web.access import COOKIE, Access
from web.errors import TalkRefused
from web.settings import WebSettings
from web.talk.connection import close_reason, from_page
from web.talk.microphone import PageMicrophone
from web.talk.opus import PageOpusDecoder
from web.talk.people import person_id, person_name, room_id, room_name
from web.talk.player import left_channel
from web.talk.typed import typed_turn

_NO: Final = (TalkRefused,)


def _open() -> Access:
    return Access(WebSettings())


def _locked() -> Access:
    return Access(WebSettings(password=SecretStr("a long password")))


def _entered(text: str) -> None:
    from_page(f'{{"type":"enter","key":"12345678","rate":48000,"name":"{text}"}}')


SUBJECTS: Final = (
    Subject("web.talk.connection:from_page", from_page, _NO),
    Subject("web.talk.connection:from_page, a name", _entered, _NO),
    Subject("web.talk.connection:close_reason", close_reason, (UnicodeEncodeError,)),
    Subject("web.talk.people:person_name", person_name, _NO),
    Subject("web.talk.people:room_name", room_name, _NO),
    Subject("web.talk.people:person_id", person_id),
    Subject("web.talk.people:room_id", room_id),
    Subject("web.talk.typed:typed_turn", lambda t: typed_turn(Speaker(1, "Ann"), t, 0.0)),
    Subject(
        "web.talk.microphone:PageMicrophone.take",
        lambda t: PageMicrophone(48_000).take(raw(t), 0.0),
        _NO,
        heavy=True,
    ),
    Subject(
        "web.talk.opus:PageOpusDecoder.decode", lambda t: PageOpusDecoder().decode(raw(t)), _NO
    ),
    Subject("web.talk.player:left_channel", lambda t: left_channel(raw(t)[: len(raw(t)) // 2 * 2])),
    Subject("web.access:Access.refusal", lambda t: _open().refusal({"host": t}), covers=()),
    Subject(
        "web.access:Access.from_own_page",
        lambda t: _open().from_own_page({"origin": t, "host": t}),
    ),
    Subject("web.access:Access.is_operator", lambda t: _locked().is_operator({COOKIE: t})),
    Subject("web.access:Access.log_out", lambda t: _locked().log_out({COOKIE: t})),
    Subject(
        "web.access:Access.log_in",
        lambda t: _locked().log_in(t, t),
        covers=("web.access:Access.wait_s",),
    ),
)
