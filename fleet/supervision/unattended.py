"""The gate of a machine without a bot: there is no call whose people could be asked."""

from __future__ import annotations

from typing import Any

from fleet.supervision.policy import needs_yes
from fleet.supervision.settings import SupervisionSettings
from openclaw_client.errors import NotApproved
from openclaw_client.node.commands import CommandCall, NodeCommand
from openclaw_client.session_keys import SessionKind, session_origin


class UnattendedGate:
    """A `CommandGate`. The machine cannot know which rooms are supervised. So what would need a yes
    in a supervised room is for the owner's sessions, unless the settings allow it to all."""

    def __init__(self, settings: SupervisionSettings) -> None:
        self._settings = settings

    def refuses(self, command: str) -> bool:
        """Whether a command is for the owner's sessions only."""
        allows = self._settings.without_people == "allow"
        return not allows and needs_yes(command, self._settings.without_yes)

    async def __call__(
        self, command: NodeCommand, arguments: Any, call: CommandCall
    ) -> CommandCall:
        """Let a command pass.

        Raises:
            NotApproved: it needs a yes, and the session is not the owner's.
        """
        owner = session_origin(call.session_key).kind is SessionKind.OWNERS
        if owner or not self.refuses(command.name):
            return call
        raise NotApproved(
            "not approved: this machine has no people who could be asked, so it does that for the "
            "owner's sessions only (fleet.supervision.without_people)"
        )
