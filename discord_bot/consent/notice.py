"""What members are told of the bot that listens to them. Pure: the facts become texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from database.guild_settings import GuildSettings
from translations import Text, joined, lines, listing, message, plural, sentences, verbatim

RECORDED: Final = message(
    "This call is recorded: the operator of this bot stores what each member says, to test the bot."
)
NOT_STORED: Final = message("No audio is stored.")
NOT_TOLD: Final = message(
    "I may not write in this channel's chat nor in my text channel, and could not say it aloud "
    "either. I hear only members whom I could tell that I listen."
)
TOLD_BY_NOTICE: Final = frozenset(
    {
        "agent",
        "session_scope",
        "context_of_others",
        "transcripts",
        "transcript_retention_days",
        "transcripts_in_memory",
        "require_opt_in",
    }
)
"""The settings of which a notice tells; a change of them is told by `changed`."""


@dataclass(frozen=True, slots=True)
class ListeningFacts:
    """What there is to tell about one call."""

    agent: str
    channel: str
    """The mention of the voice channel."""
    text: str
    """The mention of the text channel of the call."""
    written_in: str
    """The mention of the channel where a transcript is posted."""
    recorded: bool
    settings: GuildSettings
    memory: bool = False
    """Whether the operator lets transcripts of this server into the agents' memory."""

    @property
    def remembered(self) -> bool:
        """Whether what is said goes into the memory that the operator's agents share."""
        chosen = self.settings
        return self.memory and chosen.transcripts and chosen.transcripts_in_memory


def listening(facts: ListeningFacts, *, back: bool) -> Text:
    """The notice for all in a call; ``back`` after an absence."""
    stored = RECORDED if facts.recorded else NOT_STORED
    return lines((sentences(_listens(facts, back), stored), *_listed(_points(facts))))


def pointer(facts: ListeningFacts, address: str, *, back: bool) -> Text:
    """The line in the text channel that leads to the notice in the voice channel's chat."""
    return sentences(_listens(facts, back), message("What that means: {link}", link=address))


def _listens(facts: ListeningFacts, back: bool) -> Text:
    agent, channel = facts.agent, facts.channel
    if back:
        return message(
            "I am back: {agent} is listening in {channel}.", agent=agent, channel=channel
        )
    return message("{agent} is listening in {channel}.", agent=agent, channel=channel)


def changed(before: ListeningFacts, now: ListeningFacts, by: int | None = None) -> Text | None:
    """The notice for those who know an earlier one, of what no longer holds in it; None if all
    does. ``by`` is the id of the member who changed it."""
    known = _points(before)
    fresh = [each for each in _points(now) if each not in known]
    if before.agent != now.agent:
        title = _listens_now(before.agent, now.agent, by)
    elif fresh:
        title = message("This server has changed what I do:")
    else:
        return None
    return lines((title, *_listed(fresh)))


def _listens_now(before: str, agent: str, by: int | None) -> Text:
    if by is None:
        return message("{agent} is listening now, no longer {before}.", agent=agent, before=before)
    return message(
        "{name} has chosen another agent: {agent} is listening now, no longer {before}.",
        name=f"<@{by}>",
        agent=agent,
        before=before,
    )


def _points(facts: ListeningFacts) -> list[Text]:
    agent, chosen = facts.agent, facts.settings
    return [
        message("What you say is turned into text on the computer of this bot's operator."),
        sentences(goes_where(facts), session(chosen.session_scope, agent), STAYS),
        transcript(facts),
        message(
            "Long answers and links stand in {channel}, for all who can read it.",
            channel=facts.text,
        ),
        choice(chosen),
    ]


def latecomers(facts: ListeningFacts, members: Iterable[str]) -> Text:
    """The notice for members, as their mentions, who came later."""
    here = message(
        "{names}: {agent} is listening in this call.",
        names=listing(members),
        agent=facts.agent,
    )
    stored = RECORDED if facts.recorded else NOT_STORED
    written = facts.settings.transcripts
    kept = transcript(facts) if written else None
    return sentences(here, stored, kept, goes_where(facts), choice(facts.settings))


def spoken(facts: ListeningFacts, *, in_chat: bool, written: bool) -> Text:
    """The notice to be said aloud; ``in_chat`` if the channel's chat has the longer one,
    ``written`` if any channel has it: only then is what is said written down."""
    if facts.settings.require_opt_in:
        words = message("{agent} is here, and hears only those who agree.", agent=facts.agent)
    else:
        words = message("{agent} is listening now.", agent=facts.agent)
    if facts.recorded:
        words = sentences(words, message("This call is recorded."))
    if facts.settings.transcripts and written:
        words = sentences(words, message("A transcript is kept."))
    if in_chat:
        more = message("The chat of this channel says more.")
    else:
        # Translators: is said aloud; the words are the command /ignore
        more = message("The command “ignore” leaves you out.")
    return sentences(words, more)


def goes_where(facts: ListeningFacts) -> Text:
    """Which words go to the Gateway."""
    meant = message(
        "What is meant for {agent}, or seems to be, goes with your name to the operator's OpenClaw "
        "Gateway.",
        agent=facts.agent,
    )
    if not facts.settings.context_of_others:
        return meant
    return sentences(meant, message("So does what others said shortly before."))


STAYS: Final = message("It stays there until those who run the Gateway delete it.")


def session(scope: str, agent: str) -> Text:
    """Who shares a conversation at the Gateway, in plain words."""
    if scope == "channel":
        return message(
            "There, all who talk or write with {agent} in the same text channel share one "
            "conversation.",
            agent=agent,
        )
    if scope == "guild":
        return message(
            "There, this whole server shares one conversation with {agent}.", agent=agent
        )
    return message(
        "There, each of you has a conversation of your own with {agent}, which others do not hear.",
        agent=agent,
    )


def transcript(facts: ListeningFacts) -> Text:
    """Whether what is said is written down, in which channel, how long it is kept, and whether
    agents keep it too."""
    settings = facts.settings
    if not settings.transcripts:
        return message("No transcript is kept.")
    return sentences(
        plural(
            "A transcript with your names is posted in {place}, and kept for {count} day.",
            "A transcript with your names is posted in {place}, and kept for {count} days.",
            count=settings.transcript_retention_days,
            place=facts.written_in,
        ),
        message("`/transcript me` leaves your words out of it."),
        message(
            "It also goes into the memory of the operator's agents, who can tell of it in any "
            "conversation. There it stays until you use `/forget`."
        )
        if facts.remembered
        else None,
    )


def choice(settings: GuildSettings) -> Text:
    """How a member chooses whether they are heard."""
    more = message("`/privacy` says more.")
    if settings.require_opt_in:
        return sentences(
            message("I hear only those who agree, with the button or `/unignore`."), more
        )
    return sentences(
        message("The button below, or `/ignore`, leaves you out."),
        more,
    )


def excluded(member: str, by: Text) -> Text:
    """Tells a call that those who manage the server left a member out."""
    return message(
        "I no longer hear {member}: {name} has left them out. "
        "Those who manage this server can undo it.",
        member=member,
        name=by,
    )


def _listed(texts: Iterable[Text]) -> Iterable[Text]:
    return (joined((verbatim("-"), text), " ") for text in texts)
