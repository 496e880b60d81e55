"""The errors whose text is for users of the command line; a traceback would not help them."""

from __future__ import annotations


def user_errors() -> tuple[type[Exception], ...]:
    """Their types. The packages are imported only when a command has failed."""
    from configuration.desired.errors import DesiredStateError
    from database.errors import DatabaseError
    from discord_bot.receive.errors import ReceiveError
    from fleet.desired_state.errors import PlaneError
    from fleet.reconciler.errors import ReconcilerError
    from openclaw_client.errors import OpenClawError
    from pipeline.errors import PipelineError
    from server.errors import ServerError, TtsError
    from state.errors import StateError

    return (
        DatabaseError,
        DesiredStateError,
        OpenClawError,
        PipelineError,
        PlaneError,
        ReceiveError,
        ReconcilerError,
        ServerError,
        StateError,
        TtsError,
    )
