"""What a message makes the scripted model do."""

from __future__ import annotations

import pytest

from testing.real_gateway.directives import DirectedReply, ToolCall, numbered_words, read_directives


@pytest.mark.parametrize(
    ("message", "reply"),
    [
        ("good morning", DirectedReply("At once, sir. You said: good morning")),
        ("#say:Good evening.", DirectedReply("Good evening.")),
        ("[a frame]\n#delay=80 #first=500 #say:Hm.", DirectedReply("Hm.", 0.5, 0.08)),
        ("#words=3 #hold=2", DirectedReply("word1 word2 word3.", hold_after_words=2)),
        ("#words=3 #cut=2", DirectedReply("word1 word2 word3.", cut_after_words=2)),
        ("#words=1 #hold=0", DirectedReply("word1.", hold_after_words=0)),
        (
            "x #think=4 #error=401",
            DirectedReply("At once, sir. You said: x", error_status=401, thought_words=4),
        ),
        ("#tool:voice_status", DirectedReply("", tool=ToolCall("voice_status", "{}"))),
        (
            '#aloud #tool:voice_say {"text": "Hi"} and what comes after',
            DirectedReply("One moment.", tool=ToolCall("voice_say", '{"text": "Hi"}')),
        ),
    ],
)
def test_directives(message: str, reply: DirectedReply) -> None:
    assert read_directives(message, "jarvis") == reply


def test_times_that_are_left_open_are_the_pace() -> None:
    pace = DirectedReply("", first_s=1.0, between_words_s=0.5)
    reply = read_directives("#delay=20 #words=2", "sage", pace=pace)
    assert (reply.first_s, reply.between_words_s) == (1.0, 0.02)


def test_words_joined_are_the_text() -> None:
    for text in (numbered_words(4), " two  spaces\n\nand a line. ", "", "one"):
        assert "".join(DirectedReply(text).words) == text
    assert DirectedReply("a b c").words == ["a", " b", " c"]
