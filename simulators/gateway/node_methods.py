"""The methods about nodes: those that a node calls, and those that operators do."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from pydantic import ValidationError

from simulators.gateway.admission import Admission
from simulators.gateway.devices import DeviceBook
from simulators.gateway.handshake import now_ms
from simulators.gateway.invitations import Invitations
from simulators.gateway.nodes import Nodes, Payload, settling, unapproved
from simulators.gateway.params import (
    HostStatsPayload,
    NodeEventParams,
    NodeInvokeParams,
    NodeInvokeResultParams,
    NodeListParams,
    NodePairApproveParams,
    NodePairListParams,
    NodePairRemoveParams,
    NodeToolsUpdateParams,
    SetupCodeParams,
    SetupStatusParams,
    check_params,
)
from simulators.gateway.refusal import invalid, missing_scope
from simulators.gateway.system_events import Notification, SystemEvents

Method = Callable[[Payload, Admission], Payload | Awaitable[Payload]]


class NodeMethods:
    """Over all nodes of the Gateway."""

    def __init__(
        self,
        nodes: Nodes,
        devices: DeviceBook,
        invitations: Invitations,
        system_events: SystemEvents,
    ) -> None:
        self._nodes = nodes
        self._system_events = system_events
        self._devices = devices
        self._invitations = invitations
        self.for_nodes: dict[str, Method] = {
            "node.invoke.result": self._result,
            "node.pluginTools.update": self._update_tools,
            "node.event": self._event,
        }
        self.for_operators: dict[str, tuple[str, Method]] = {
            "node.list": ("operator.read", self._list),
            "node.invoke": ("operator.write", self._invoke),
            "node.pair.list": ("operator.pairing", self._pair_list),
            "node.pair.approve": ("operator.pairing", self._pair_approve),
            "node.pair.remove": ("operator.pairing", self._pair_remove),
            "device.pair.setupCode": ("operator.admin", self._setup_code),
            "device.pair.setupStatus": ("operator.admin", self._setup_status),
        }

    # -- for nodes -----------------------------------------------------------------------------

    def _result(self, raw: Payload, caller: Admission) -> Payload:
        params = check_params(NodeInvokeResultParams, raw, "node.invoke.result")
        return self._nodes.result(caller.device_id, params)

    def _update_tools(self, raw: Payload, caller: Admission) -> Payload:
        params = check_params(NodeToolsUpdateParams, raw, "node.pluginTools.update")
        node = self._nodes.of(caller.device_id)
        if node.settling:
            node.settling = False
            raise settling()
        node.published = [
            tool.model_dump(by_alias=True, exclude_none=True) for tool in params.tools
        ]
        return {"nodeId": node.id, "tools": node.tools}

    def _event(self, raw: Payload, caller: Admission) -> Payload:
        params = check_params(NodeEventParams, raw, "node.event")
        node = self._nodes.of(caller.device_id)
        if node.approved is None:
            raise unapproved()
        answer: Payload = {"ok": True, "event": params.event}
        payload: Any = params.payload
        try:
            if params.payload_json is not None:
                payload = json.loads(params.payload_json)
            match params.event:
                case "node.host.stats":
                    HostStatsPayload.model_validate(payload)
                    node.host_stats = {**payload, "updatedAtMs": now_ms()}
                    return {**answer, "handled": True, "reason": "updated"}
                case "notifications.changed":
                    self._system_events.post(node.id, Notification.model_validate(payload))
                    return {"ok": True}
        except (ValueError, ValidationError):
            return {**answer, "handled": False, "reason": "invalid_payload"}
        return {**answer, "handled": False, "reason": "unsupported_event"}

    # -- for operators -------------------------------------------------------------------------

    def _list(self, raw: Payload, caller: Admission) -> Payload:
        check_params(NodeListParams, raw, "node.list")
        may_pair = caller.may("operator.pairing")
        return {"nodes": self._nodes.rows(caller.device_id, may_pair=may_pair)}

    def _invoke(self, raw: Payload, caller: Admission) -> Awaitable[Payload]:
        return self._nodes.invoke(check_params(NodeInvokeParams, raw, "node.invoke"))

    def _pair_list(self, raw: Payload, caller: Admission) -> Payload:
        check_params(NodePairListParams, raw, "node.pair.list")
        return {"pending": self._nodes.pending(), "paired": self._nodes.paired()}

    def _pair_approve(self, raw: Payload, caller: Admission) -> Payload:
        params = check_params(NodePairApproveParams, raw, "node.pair.approve")
        if not caller.may("operator.write"):
            raise missing_scope("operator.write")
        try:
            node = self._nodes.approve(params.request_id)
        except KeyError:
            raise invalid("unknown requestId") from None
        return {"requestId": params.request_id, "node": node.row()}

    def _pair_remove(self, raw: Payload, caller: Admission) -> Payload:
        params = check_params(NodePairRemoveParams, raw, "node.pair.remove")
        self._devices.remove(params.node_id, "node")
        try:
            self._nodes.remove(params.node_id)
        except KeyError:
            raise invalid("unknown nodeId") from None
        return {"nodeId": params.node_id}

    def _setup_code(self, raw: Payload, caller: Admission) -> Payload:
        return self._invitations.create(check_params(SetupCodeParams, raw, "device.pair.setupCode"))

    def _setup_status(self, raw: Payload, caller: Admission) -> Payload:
        params = check_params(SetupStatusParams, raw, "device.pair.setupStatus")
        return self._invitations.status(params)
