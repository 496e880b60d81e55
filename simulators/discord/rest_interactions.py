"""Routes by which the bot answers interactions."""

from __future__ import annotations

from aiohttp import web

from simulators.discord import api_errors
from simulators.discord.api_objects import Json
from simulators.discord.bodies import answer, nothing, read_with_files
from simulators.discord.interactions import CallbackType, Interaction, Interactions
from simulators.discord.messages import Draft
from simulators.discord.rest import number
from simulators.discord.world import World


class InteractionRoutes:
    def __init__(self, desk: Interactions, world: World) -> None:
        self._desk = desk
        self._world = world

    def add_to(self, app: web.Application) -> None:
        hook = "/webhooks/{application}/{token}"
        one = hook + "/messages/{message}"
        app.add_routes(
            [
                web.post("/interactions/{interaction}/{token}/callback", self._callback),
                web.post(hook, self._follow_up),
                web.get(one, self._get),
                web.patch(one, self._edit),
                web.delete(one, self._delete),
            ]
        )

    def _token(self, request: web.Request) -> str:
        if number(request, "application") != self._world.bot.id:
            raise api_errors.unknown_webhook()
        return request.match_info["token"]

    async def _callback(self, request: web.Request) -> web.Response:
        body, files = await read_with_files(request)
        interaction = self._desk.respond(
            number(request, "interaction"), request.match_info["token"], body, files
        )
        if request.query.get("with_response") not in ("1", "true"):
            return nothing()
        return answer(_callback_response(interaction, CallbackType(body["type"])))

    async def _follow_up(self, request: web.Request) -> web.Response:
        token = self._token(request)
        body, files = await read_with_files(request)
        message = self._desk.follow_up(token, Draft.model_validate(body), body, files)
        return answer(message.payload())

    async def _get(self, request: web.Request) -> web.Response:
        message = self._desk.find(self._token(request), request.match_info["message"])
        return answer(message.payload())

    async def _edit(self, request: web.Request) -> web.Response:
        message = self._desk.find(self._token(request), request.match_info["message"])
        body, files = await read_with_files(request)
        self._desk.edit(message, Draft.model_validate(body), body, files)
        return answer(message.payload())

    async def _delete(self, request: web.Request) -> web.Response:
        message = self._desk.find(self._token(request), request.match_info["message"])
        self._desk.board.delete(message)
        return nothing()


def _callback_response(interaction: Interaction, kind: CallbackType) -> Json:
    """The "Interaction Callback Response" of the API reference."""
    about, message = interaction.about(), interaction.original
    if message is None or kind is CallbackType.DEFERRED_UPDATE:
        return {"interaction": about, "resource": {"type": kind.value}}
    about |= {
        "response_message_id": str(message.id),
        "response_message_loading": message.thinking,
        "response_message_ephemeral": message.ephemeral,
    }
    resource = {"type": kind.value, "message": message.payload()}
    return {"interaction": about, "resource": resource}
