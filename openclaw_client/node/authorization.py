"""Which guild a command is for, and in which guilds its session may act. No I/O.

The session key tells in which guild or call a turn began. Anyone who may speak to an agent can talk
it into something, so a turn that began in one guild's call may act in that guild only. The owner's
sessions may act in all guilds. A session of unknown origin may act in none.
"""

from __future__ import annotations

from collections.abc import Sequence

from openclaw_client.errors import BadArguments, CannotNow, OutOfReach
from openclaw_client.node.rooms import Guild, Room, VoiceRooms
from openclaw_client.session_keys import SessionKind, session_origin
from openclaw_client.turn_text import clean_name


def requester_id(session_key: str | None) -> int | None:
    """The Discord id of the person that a session belongs to; None for a shared session."""
    origin = session_origin(session_key)
    return origin.id if origin.kind is SessionKind.PERSON else None


def allowed_guilds(rooms: VoiceRooms, session_key: str | None) -> list[Guild]:
    """The guilds in which a session may act."""
    guilds = list(rooms.guilds())
    origin = session_origin(session_key)
    match origin.kind:
        case SessionKind.OWNERS:
            return guilds
        case SessionKind.GUILD:
            ids: set[int | None] = {origin.id}
        case SessionKind.CHANNEL:
            ids = {rooms.guild_of_channel(origin.id)}
        case SessionKind.PERSON if origin.guild is not None:
            ids = {origin.guild}
        case SessionKind.PERSON:
            # The key of this session names no guild; the calls show where the person is.
            ids = {
                room.guild.id
                for room in rooms.rooms()
                if any(person.id == origin.id for person in room.people)
            }
            if not ids:
                return guilds if len(guilds) == 1 else []
        case SessionKind.FREE:
            # With a single guild there is no other one in which it could have started.
            return guilds if len(guilds) == 1 else []
        case SessionKind.UNKNOWN:
            return []
    return [guild for guild in guilds if guild.id in ids]


def choose_guild(rooms: VoiceRooms, session_key: str | None, wanted: str | None) -> Guild:
    """The guild of that id or name, or else the only allowed one.

    Raises:
        BadArguments: no guild or several guilds match.
        OutOfReach: the session may not act there.
        CannotNow: the bot is in no guild.
    """
    allowed = allowed_guilds(rooms, session_key)
    if not allowed:
        raise _no_guild_error(rooms)
    if wanted is not None:
        return _find_by_name(wanted, allowed, rooms.guilds())
    if len(allowed) > 1:
        raise BadArguments(f"guild: say in which server; there are {_format_guilds(allowed)}")
    return allowed[0]


def choose_room(rooms: VoiceRooms, session_key: str | None, wanted: str | None) -> Room:
    """The call in the guild of that id or name, or else the only call in an allowed guild.

    Raises:
        BadArguments, OutOfReach: as for ``choose_guild``.
        CannotNow: the bot is in no call there.
    """
    allowed = allowed_guilds(rooms, session_key)
    if not allowed:
        raise _no_guild_error(rooms)
    ids = {guild.id for guild in allowed}
    if wanted is not None:
        ids = {_find_by_name(wanted, allowed, rooms.guilds()).id}
    found = [room for room in rooms.rooms() if room.guild.id in ids]
    if len(found) > 1:
        guilds = _format_guilds([room.guild for room in found])
        raise BadArguments(f"guild: say in which server's call; there are {guilds}")
    if not found:
        raise CannotNow(
            "the bot is in no call"
            + (f" in {wanted}" if wanted is not None else "")
            + "; voice.join brings it into one"
        )
    return found[0]


def may_know(room: Room, session_key: str | None) -> bool:
    """Whether a session may be told of a call's channel, its people and their words.

    Those of a private channel only the owner's sessions may, one that answers a question from that
    call, and that of a person in it. A session that a whole server shares may be asked by members
    who cannot see the channel.
    """
    if not room.private or session_origin(session_key).kind is SessionKind.OWNERS:
        return True
    if session_key is not None and room.answering == session_key:
        return True
    person_id = requester_id(session_key)
    return any(person.id == person_id for person in room.people)


def _find_by_name(wanted: str, allowed: Sequence[Guild], every: Sequence[Guild]) -> Guild:
    matches = _matching(wanted, allowed)
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise BadArguments(f"guild: several have that name; give the id: {_format_guilds(matches)}")
    if _matching(wanted, every):
        raise OutOfReach("this session belongs to another server's call")
    raise BadArguments(
        f"guild: there is none of that name or id; there are {_format_guilds(allowed)}"
    )


def _matching(wanted: str, guilds: Sequence[Guild]) -> list[Guild]:
    by_id = [guild for guild in guilds if str(guild.id) == wanted.strip()]
    name = wanted.strip().casefold()
    # An agent knows a name as it was shown.
    return by_id or [
        guild for guild in guilds if name in (guild.name.casefold(), _shown(guild).casefold())
    ]


def _no_guild_error(rooms: VoiceRooms) -> CannotNow | OutOfReach:
    if not rooms.guilds():
        return CannotNow("the bot is in no Discord server, or has not logged in yet")
    return OutOfReach(
        "this session belongs to no member of a call with the bot, nor to one server for certain"
    )


def _format_guilds(guilds: Sequence[Guild]) -> str:
    return ", ".join(f"{_shown(guild)} ({guild.id})" for guild in guilds)


def _shown(guild: Guild) -> str:
    return clean_name(guild.name)
