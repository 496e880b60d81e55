"""What happens in a room, as the messages that its pages show.

A page shows entries, each under a number. An event makes or changes an entry, and the whole entry
is sent again, so a page that lost its connection only needs the entries there are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

from pipeline.events import (
    AgentSwitched,
    HearingReplaced,
    PartialTranscribed,
    QuestionSent,
    QuestionWithdrawn,
    ReplyBegan,
    ReplyDeclined,
    ReplyDucked,
    ReplyEnded,
    ReplyFailed,
    ReplyResumed,
    RoomEvent,
    SentenceBegan,
    SpeechBegan,
    SpeechEnded,
    TextLeftOut,
    TurnDecided,
    TurnExtended,
    TurnRejected,
    Unspoken,
    VoiceReplaced,
)

KEPT: Final = 60
"""Entries that are kept for a page that comes later."""

Entry: TypeAlias = dict[str, Any]
PageMessage: TypeAlias = Mapping[str, Any]


class RoomJournal:
    """The entries of one room. ``send`` gets each message for all pages of the room."""

    def __init__(
        self,
        send: Callable[[PageMessage], None],
        name_of: Callable[[str], str],
        explained: Callable[[Sequence[str]], list[str]],
    ) -> None:
        """``name_of`` returns the name of an agent; ``explained`` makes reasons plainer."""
        self._send = send
        self._name_of = name_of
        self._explained = explained
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._count = 0
        self._reply: Entry | None = None
        """The reply that is being spoken."""
        self._unsaid = False
        """The voice failed to say some of the reply that ends next."""
        self._asked: dict[int, Entry] = {}
        """The last words of each person that were for the agent."""

    @property
    def entries(self) -> list[Entry]:
        return list(self._entries)

    def observe(self, event: RoomEvent) -> None:
        match event:
            case SpeechBegan(speaker):
                self._send({"type": "speaking", "speaker": speaker.id, "on": True})
            case SpeechEnded(speaker):
                self._send({"type": "speaking", "speaker": speaker.id, "on": False})
            case PartialTranscribed(speaker, text, committed):
                who = {"speaker": speaker.id, "who": speaker.name}
                self._send({"type": "words", **who, "text": text, "committed": committed})
            case TurnRejected(speaker, why):
                self._words_gone(speaker.id)
                why = "; ".join(self._explained([why]))
                self._send({"type": "unheard", "who": speaker.name, "why": why})
            case TurnDecided() | TurnExtended():
                self._said(event)
            case QuestionSent(agent) | QuestionWithdrawn(agent):
                thinking = isinstance(event, QuestionSent)
                self._send({"type": "thinking", "agent": self._name_of(agent), "on": thinking})
            case AgentSwitched(agent):
                self._send({"type": "agent", "agent": agent})
            case _:
                self._answered(event)

    def note(self, text: str) -> None:
        """Tell all pages something about the room."""
        self._add({"kind": "note", "text": text})

    def _said(self, event: TurnDecided | TurnExtended) -> None:
        speaker = event.speaker
        if isinstance(event, TurnExtended):
            entry = self._asked.get(speaker.id)
            if entry is not None:
                self._change(entry, whole=event.text)
            return
        self._words_gone(speaker.id)
        entry = {
            "kind": "said",
            "speaker": speaker.id,
            "who": speaker.name,
            "text": event.text,
            "addressed": event.addressed,
            "score": event.score,
            "reasons": self._explained(event.reasons),
        }
        if event.addressed:
            self._asked[speaker.id] = entry
        self._add(entry)

    def _answered(self, event: RoomEvent) -> None:
        match event:
            case ReplyBegan(agent, speaker, latency):
                asked = self._asked.get(speaker.id)
                if asked is not None:
                    self._change(asked, stages=_rounded(latency.stages_ms()))
                self._change(self._spoken(agent), state="speaking")
            case SentenceBegan(agent, text):
                reply = self._spoken(agent)
                self._change(reply, text=f"{reply['text']} {text}".strip())
            case ReplyDucked(held) if self._reply is not None:
                self._change(self._reply, state="held" if held else "ducked")
            case ReplyResumed() if self._reply is not None:
                self._change(self._reply, state="speaking")
            case ReplyEnded(agent, _, text, heard, interrupted):
                state = "interrupted" if interrupted else "ended"
                # An answer that was stopped before it sounded has no text. One that the voice
                # failed to say at all is there in writing.
                only_written, self._unsaid = self._unsaid and not heard, False
                if self._reply is not None or (text and not only_written):
                    entry = self._spoken(agent)
                    self._change(entry, state=state, text=text or entry["text"], heard=heard)
                self._reply = None
            case ReplyFailed(_, speaker, why, notice):
                self._outcome(speaker.id, failure=why, notice=notice)
            case ReplyDeclined(_, speaker, why=why):
                self._outcome(speaker.id, silent=True, declined=why != "chose silence")
            case Unspoken(agent, text, why, reason=reason, speaker=speaker):
                self._unsaid = True
                if speaker is not None:
                    self._outcome(speaker.id, unspoken=why)
                self._written(agent, text, "; ".join(self._explained([reason])))
            case VoiceReplaced(agent, why):
                self._written(agent, "", "; ".join(self._explained([why])))
            case HearingReplaced(why, deaf=deaf):
                self._add({"kind": "note", "text": self._hearing(why, deaf=deaf)})
            case TextLeftOut(agent, text):
                self._written(agent, text, "")
            case _:
                pass

    def _outcome(self, speaker: int, **outcome: Any) -> None:
        self._send({"type": "thinking", "agent": "", "on": False})
        asked = self._asked.get(speaker)
        if asked is not None:
            self._change(asked, **outcome)

    def _spoken(self, agent: str) -> Entry:
        """The entry of the reply that is being spoken, made at its first sign."""
        if self._reply is None:
            who = self._name_of(agent)
            self._send({"type": "thinking", "agent": who, "on": False})
            self._reply = {"kind": "reply", "who": who, "text": "", "state": "speaking"}
            self._add(self._reply)
        return self._reply

    def _hearing(self, why: str, *, deaf: bool) -> str:
        now = "Nothing is understood" if deaf else "Another speech model transcribes"
        return f"{now} for now: {'; '.join(self._explained([why]))}."

    def _written(self, agent: str, text: str, why: str) -> None:
        self._add({"kind": "written", "who": self._name_of(agent), "text": text, "why": why})

    def _words_gone(self, speaker: int) -> None:
        self._send({"type": "words", "speaker": speaker, "who": "", "text": "", "committed": ""})

    def _add(self, entry: Entry) -> None:
        self._count += 1
        entry["id"] = self._count
        self._entries.append(entry)
        self._send({"type": "entry", "entry": dict(entry)})

    def _change(self, entry: Entry, **changes: Any) -> None:
        entry.update(changes)
        self._send({"type": "entry", "entry": dict(entry)})


def _rounded(stages_ms: Mapping[str, float]) -> dict[str, int]:
    return {stage: round(ms) for stage, ms in stages_ms.items()}
