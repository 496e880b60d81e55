"""What an agent is told of the words before a turn."""

from __future__ import annotations

from pipeline.agent_context import CONTEXT_LINES, Takeover, context_for
from pipeline.language.utterance import ParsedUtterance
from pipeline.ports import ContextLine, Speaker
from pipeline.transcript import SpokenReply, SpokenSentence, Transcript

ANN, BEN = Speaker(1, "Ann"), Speaker(2, "Ben")


def talk() -> Transcript:
    transcript = Transcript()
    for at, (speaker, words) in enumerate(
        [(ANN, "Jarvis, hello."), (BEN, "My code is 1234."), (BEN, "Jarvis, the weather?")]
    ):
        transcript.add_speech(speaker, ParsedUtterance(speaker.id, words), float(at))
    transcript.add_reply("jarvis", BEN, [SpokenSentence("It is sunny.", 0, 900)], 900, 4.0)
    return transcript


def test_the_words_of_others_stay_in_the_room() -> None:
    assert context_for(talk(), ANN, others=False) == (
        ContextLine("Jarvis, hello.", ANN),
        ContextLine("It is sunny.", agent="jarvis"),
    )


def test_with_others_it_is_everything_in_order() -> None:
    lines = context_for(talk(), ANN, others=True)
    assert [line.words for line in lines] == [
        "Jarvis, hello.",
        "My code is 1234.",
        "Jarvis, the weather?",
        "It is sunny.",
    ]
    assert [line.speaker for line in lines] == [ANN, BEN, BEN, None]


def test_the_reply_that_is_interrupted_is_the_last_line() -> None:
    speaking = SpokenReply("sage", BEN, "Once upon a time.", "Once", 5.0)
    last = context_for(talk(), ANN, speaking, others=False)[-1]
    assert last == ContextLine("Once", agent="sage", cut_off=True)
    unheard = SpokenReply("sage", BEN, "Once upon a time.", "", 5.0)
    assert context_for(talk(), ANN, unheard, others=False)[-1].words == ""


def test_it_has_the_last_lines_alone() -> None:
    transcript = talk()
    for number in range(2 * CONTEXT_LINES):
        transcript.add_speech(ANN, ParsedUtterance(1, str(number)), 9.0)
        transcript.add_speech(BEN, ParsedUtterance(2, "secret"), 9.0)
    lines = context_for(transcript, ANN, others=False)
    assert [line.words for line in lines] == [str(n) for n in range(CONTEXT_LINES, 24)]


def test_the_words_of_who_took_over_go_along_after_that() -> None:
    transcript = Transcript()

    def said(speaker: Speaker, words: str, at: float) -> None:
        transcript.add_speech(speaker, ParsedUtterance(speaker.id, words), at)

    said(BEN, "Before.", 1.0)
    for number in range(20):
        said(BEN, f"It costs {number} euros.", 10.0 + number)
    said(BEN, "Back to you.", 40.0)
    said(ANN, "How much was it?", 50.0)
    takeover = Takeover(BEN, 5.0, 41.0)
    words = [line.words for line in context_for(transcript, ANN, others=False, takeover=takeover)]
    assert words == [
        *(f"It costs {number} euros." for number in range(20)),
        "Back to you.",
        "How much was it?",
    ]
    said(BEN, "This is for Ann alone.", 60.0)
    words = [line.words for line in context_for(transcript, ANN, others=False, takeover=takeover)]
    assert "This is for Ann alone." not in words
    said(ANN, "Much later.", 700.0)
    late = context_for(transcript, ANN, others=False, takeover=takeover)
    assert len(late) <= CONTEXT_LINES
