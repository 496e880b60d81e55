"""``run.py control``: the control plane, its bots, operators, readers and keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final, TextIO

from configuration.desired.errors import NameUnusable
from configuration.desired.records import PersonKind
from configuration.schema import tree
from database.control.cipher import ConfigCipher, add_key, keep_newest_key, keys_in, new_key
from database.control.store import ControlStore, open_control_store
from openclaw_client import DeviceStore
from server.control.app import create_control_app
from server.control.runner import ControlServer
from settings import Settings, check_document

KEY_FILE: Final = "control-keys"
_OWNER: Final = "operator:command line"


async def run_control(settings: Settings, kind: str, action: str, name: str, output: TextIO) -> int:
    """Serve until cancelled, or keep bots, operators, readers and keys; returns the exit status.

    A new token is written to ``output``, and kept nowhere.

    Raises:
        DatabaseUnusable, DesiredStateError, ServerError, DeviceStoreError: the text says what to
            do.
    """
    if kind == "keys" and action in ("new", "list"):
        output.write(f"{new_key()}\n")
        return 0
    if kind == "keys":
        return await _rotate(settings, output)
    async with control_store(settings) as store:
        match kind:
            case "bots":
                await _bots(store, action, name, output)
            case "operators":
                await _people(store, "operator", action, name, output)
            case "readers":
                await _people(store, "reader", action, name, output)
            case _:
                async with serving(settings, store):
                    await asyncio.Event().wait()
    return 0


@asynccontextmanager
async def control_store(settings: Settings) -> AsyncIterator[ControlStore]:
    """The database of the control plane, with the keys of the settings.

    Raises:
        DatabaseUnusable, CipherUnusable, DeviceStoreError: the text says what to do.
    """
    folder = DeviceStore.of(settings.openclaw).folder
    cipher = ConfigCipher(lambda: _keys(settings))
    location = settings.database.control_location(folder)
    async with open_control_store(location, cipher, settings.control_plane.versions_kept) as store:
        yield store


@asynccontextmanager
async def serving(settings: Settings, store: ControlStore) -> AsyncIterator[ControlServer]:
    """The control plane, listening, while the body runs.

    Raises:
        ServerError: the address or the certificate cannot be used.
    """
    app = create_control_app(settings.control_plane, store, check_document, tree(Settings))
    async with ControlServer(settings.control_plane, app) as server:
        yield server


async def _bots(store: ControlStore, action: str, name: str, output: TextIO) -> None:
    match action:
        case "add":
            token = await store.add_bot(name)
            await store.audit(_OWNER, "bot_add", name, "done")
            output.write(f"{token}\n{_bot_words(name)}")
        case "token":
            token = await store.tokens.renew(name)
            await store.audit(_OWNER, "token_renew", name, "done")
            output.write(f"{token}\n{_bot_words(name)}The token before is withdrawn.\n")
        case "remove":
            await store.remove_bot(name)
            await store.audit(_OWNER, "bot_remove", name, "done")
            output.write(f"removed {name} and its versions\n")
        case "list":
            for bot in await store.bots():
                desired = "none" if bot.desired is None else f"version {bot.desired.version}"
                runs = "none" if bot.report is None else f"version {bot.report.version or '-'}"
                seen = "never" if bot.last_seen_at is None else f"{bot.last_seen_at:%F %T} UTC"
                sync = "in sync" if bot.in_sync else "DIFFERS"
                output.write(f"{bot.id}  desired {desired}  runs {runs}  {sync}  seen {seen}\n")
        case _:
            raise NameUnusable(f"control bots {action}: there is list, add, remove and token")


async def _people(
    store: ControlStore, kind: PersonKind, action: str, name: str, output: TextIO
) -> None:
    match action:
        case "add":
            token = await store.tokens.add_person(kind, name)
            await store.audit(_OWNER, f"{kind}_add", None, "done", name)
            output.write(
                f"{token}\nThis is the token of the {kind} {name}; it is shown this once. "
                "Send it as a header: Authorization: Bearer TOKEN\n"
            )
        case "remove":
            await store.tokens.remove_person(kind, name)
            await store.audit(_OWNER, f"{kind}_remove", None, "done", name)
            output.write(f"removed {name}; its token is refused from now on\n")
        case "list":
            for each, made in (await store.tokens.people(kind)).items():
                output.write(f"{each}  made {made:%F %T} UTC\n")
        case _:
            raise NameUnusable(f"control {kind}s {action}: there is list, add and remove")


def _bot_words(name: str) -> str:
    return (
        f"This is the token of the bot {name}; it is shown this once. On its machine:\n"
        f"FLEET__DESIRED_STATE__TOKEN=TOKEN and FLEET__DESIRED_STATE__BOT={name} in .env\n"
    )


async def _rotate(settings: Settings, output: TextIO) -> int:
    """Encrypt every version with a new key; with keys in a variable, with the first of them.

    Raises:
        CipherUnusable: the keys cannot be used.
    """
    in_variable = bool(settings.control_plane.encryption_keys.get_secret_value())
    file = _key_file(settings)
    if not in_variable:
        await asyncio.to_thread(add_key, file)
    async with control_store(settings) as store:
        count = await store.reencrypt()
        await store.audit(_OWNER, "keys_rotate", None, "done", f"{count} versions")
    if in_variable:
        output.write(
            f"{count} versions are encrypted with the first key of "
            "CONTROL_PLANE__ENCRYPTION_KEYS; the others can be removed\n"
        )
    else:
        await asyncio.to_thread(keep_newest_key, file)
        output.write(
            f"{count} versions are encrypted with a new key in {file}; renew the copy of the file\n"
        )
    return 0


def _key_file(settings: Settings) -> Path:
    return settings.control_plane.key_file or DeviceStore.of(settings.openclaw).folder / KEY_FILE


def _keys(settings: Settings) -> list[str]:
    """
    Raises:
        CipherUnusable: the file of the keys cannot be used.
    """
    given = settings.control_plane.encryption_keys.get_secret_value()
    keys = [key.strip() for key in given.split(",") if key.strip()]
    return keys or keys_in(_key_file(settings))
