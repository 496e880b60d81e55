from __future__ import annotations

from typing import Any

import discord
import pytest
from pydantic import ValidationError

from simulators.discord import File, Message, TimedOut
from simulators.discord.errors import ApiRefusal
from simulators.discord.messages import EPHEMERAL, Draft, MessageStore, check_flags
from simulators.discord.world import World

EVENTS: list[tuple[str, dict[str, Any]]] = []
WORLD = World(lambda event, data, guild_id: EVENTS.append((event, data)), dave=True)
HALL = WORLD.add_guild("A server", discord.Permissions.none()).add_text_channel("hall")


@pytest.fixture
def board() -> MessageStore:
    EVENTS.clear()
    return MessageStore(WORLD.bot, lambda event, data, guild_id: EVENTS.append((event, data)))


def write(message: Message, files: list[File] | None = None, **body: Any) -> Message:
    message.apply(Draft.model_validate(body), body, files or [])
    return message


def message(**body: Any) -> Message:
    return write(Message(WORLD.bot, HALL), **body)


@pytest.mark.parametrize(
    "bad",
    [
        {"content": "x" * 2001},
        {"embeds": [{}] * 11},
        {"embeds": [{"title": "x" * 257}]},
        {"embeds": [{"description": "x" * 4097}]},
        {"embeds": [{"fields": [{"name": "n", "value": ""}]}]},
        {"embeds": [{"description": "x" * 3001}, {"description": "x" * 3000}]},
        {"content": 5},
    ],
)
def test_too_much_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Draft.model_validate(bad)


def test_2000_characters_are_taken() -> None:
    assert len(message(content="x" * 2000).content) == 2000


@pytest.mark.parametrize("empty", [{}, {"content": ""}, {"content": "  \n"}, {"embeds": []}])
def test_an_empty_message_is_refused(empty: dict[str, Any]) -> None:
    with pytest.raises(ApiRefusal, match="empty message"):
        message(**empty)


def test_an_edit_changes_only_what_it_names() -> None:
    edited = message(content="before", embeds=[{"title": "kept"}])
    write(edited, content="after")
    assert (edited.content, edited.embeds) == ("after", [{"title": "kept"}])
    with pytest.raises(ApiRefusal):
        write(edited, content="", embeds=[])
    assert edited.content == "after"


def test_files_are_kept_unless_an_edit_leaves_them_out() -> None:
    edited = write(message(content="look"), [File("a.txt", b"a"), File("b.txt", b"b")])
    write(edited, attachments=[{"id": str(edited.files[1].id)}])
    assert [file.name for file in edited.files] == ["b.txt"]


def test_only_an_interaction_may_be_ephemeral() -> None:
    draft = Draft.model_validate({"content": "psst", "flags": EPHEMERAL})
    assert check_flags(draft, ephemeral_allowed=True) == EPHEMERAL
    with pytest.raises(ApiRefusal, match="0x40 cannot be set here"):
        check_flags(draft, ephemeral_allowed=False)


async def test_the_board_shows_what_everybody_sees(board: MessageStore) -> None:
    kept, gone, secret = message(content="kept"), message(content="gone"), message(content="s")
    secret.flags = EPHEMERAL
    for each in (kept, gone, secret):
        board.post(each)
    board.delete(gone)
    assert board.visible(HALL) == [kept]
    assert board.find(gone.id) is None
    assert [event for event, _ in EVENTS] == ["MESSAGE_CREATE"] * 2 + ["MESSAGE_DELETE"]
    assert await board.wait_for(HALL, lambda m: "kept" in m.content, 1.0) is kept
    with pytest.raises(TimedOut, match="a message in #hall"):
        await board.wait_for(HALL, lambda m: "gone" in m.content, 0.01)
