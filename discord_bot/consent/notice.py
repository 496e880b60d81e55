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


@dataclass(frozen=True, slots=True)
class ListeningFacts:
    """What there is to tell about one call."""

    agent: str
    channel: str
    """The mention of the voice channel."""
    recorded: bool
    settings: GuildSettings


def told_of(settings: GuildSettings) -> tuple[object, ...]:
    """What a notice says of a guild's settings: as long as it is equal, the notice holds.

    The beginning and the end of a transcript are told by it (`CallTranscripts`).
    """
    kept_days, others = settings.transcript_retention_days, settings.context_of_others
    return settings.session_scope, others, kept_days, settings.require_opt_in


def listening(facts: ListeningFacts, *, back: bool, changed: bool = False) -> Text:
    """The notice for all in a call; ``back`` after an absence, ``changed`` if what an earlier one
    said no longer holds."""
    agent, channel, chosen = facts.agent, facts.channel, facts.settings
    if back:
        first = message(
            "I am back: {agent} is listening in {channel}.", agent=agent, channel=channel
        )
    else:
        first = message("{agent} is listening in {channel}.", agent=agent, channel=channel)
    if changed:
        first = sentences(message("This server has changed what I do."), first)
    points = [
        message("What you say is turned into text on the computer of this bot's operator."),
        sentences(goes_where(facts), session(chosen.session_scope, agent), STAYS),
        transcript(chosen),
        message(
            "Long answers and links stand in the text channel of the call, for all who can read it."
        ),
        choice(chosen),
    ]
    return lines((sentences(first, RECORDED if facts.recorded else NOT_STORED), *_points(points)))


def latecomers(facts: ListeningFacts, members: Iterable[str]) -> Text:
    """The notice for members, as their mentions, who came later."""
    here = message(
        "{names}: {agent} is listening in this call.",
        names=listing(members),
        agent=facts.agent,
    )
    stored = RECORDED if facts.recorded else NOT_STORED
    kept = transcript(facts.settings) if facts.settings.transcripts else None
    return sentences(here, stored, kept, goes_where(facts), choice(facts.settings))


def spoken(facts: ListeningFacts, *, in_chat: bool) -> Text:
    """The notice to be said aloud; ``in_chat`` if the channel's chat has the longer one."""
    if facts.settings.require_opt_in:
        words = message("{agent} is here, and hears only those who agree.", agent=facts.agent)
    else:
        words = message("{agent} is listening now.", agent=facts.agent)
    if facts.recorded:
        words = sentences(words, message("This call is recorded."))
    if facts.settings.transcripts:
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
        "What is meant for {agent} goes, with your name, to the operator's OpenClaw Gateway.",
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


def transcript(settings: GuildSettings) -> Text:
    """Whether what is said is kept."""
    if not settings.transcripts:
        return message("No transcript is kept.")
    return plural(
        "A transcript with your names is kept for {count} day, and posted in a thread.",
        "A transcript with your names is kept for {count} days, and posted in a thread.",
        count=settings.transcript_retention_days,
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


def _points(texts: Iterable[Text]) -> Iterable[Text]:
    return (joined((verbatim("-"), text), " ") for text in texts)
