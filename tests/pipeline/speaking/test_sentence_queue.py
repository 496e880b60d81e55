"""Sentences on their way from whoever writes them to the voice."""

from __future__ import annotations

import asyncio

import pytest

from pipeline.speaking.sentence_queue import QueuedSentence, SentenceQueue

pytestmark = pytest.mark.virtual_time


async def test_they_are_read_in_their_order_and_waited_for() -> None:
    manuscript = SentenceQueue()
    read: list[str] = []

    async def reader() -> None:
        while (part := await manuscript.next()) is not None:
            read.append(part.text)

    task = asyncio.create_task(reader())
    manuscript.put(QueuedSentence("one"))
    await asyncio.sleep(1)
    manuscript.put(QueuedSentence("two", "aside"))
    manuscript.put(QueuedSentence("three"))
    manuscript.end()
    await asyncio.wait_for(task, 1)
    assert read == ["one", "two", "three"]


async def test_what_was_not_read_can_be_told_and_is_the_answers_alone() -> None:
    manuscript = SentenceQueue()
    for part in (
        QueuedSentence("one"),
        QueuedSentence("a word beside it", "aside"),
        QueuedSentence("two"),
    ):
        manuscript.put(part)
    first = await manuscript.next()
    assert first == QueuedSentence("one")
    assert manuscript.left() == ["two"]
    manuscript.put_back(first)
    assert manuscript.left() == ["one", "two"]
    assert await manuscript.next() == first


def test_an_aside_is_no_word_of_the_answer() -> None:
    manuscript = SentenceQueue()
    manuscript.put(QueuedSentence("One moment, please.", "aside"))
    assert not manuscript.written
    manuscript.put(QueuedSentence("It is late."))
    assert manuscript.written


def test_the_answer_stays_written_whatever_is_said_beside_it() -> None:
    manuscript = SentenceQueue()
    manuscript.put(QueuedSentence("It is late."))
    manuscript.put(QueuedSentence("You are next, Ben.", "aside"))
    assert manuscript.written


async def test_an_answer_can_be_withdrawn_and_what_stands_beside_it_stays() -> None:
    manuscript = SentenceQueue()
    for part in (
        QueuedSentence("one"),
        QueuedSentence("a word beside it", "aside"),
        QueuedSentence("two"),
    ):
        manuscript.put(part)
    manuscript.withdraw()
    assert manuscript.left() == []
    manuscript.put(QueuedSentence("three"))

    assert await manuscript.next() == QueuedSentence("a word beside it", "aside")
    assert await manuscript.next() == QueuedSentence("three")
