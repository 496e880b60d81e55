/** The tools of agents: which nodes there are, and a command for one of them. */

import { BadRequest } from "./errors.js";
import { AUTO, Load, choose, listed, nameOf } from "./routing.js";

const TIMEOUT_MS = 29_000;
const SHARED = Symbol.for("openclaw-voice.load");

/** The load that this process knows: the Gateway loads the plugin as two modules. */
function sharedLoad() {
  globalThis[SHARED] ??= new Load();
  return globalThis[SHARED];
}

/** @param {unknown} details */
function answer(details) {
  return { content: [{ type: "text", text: JSON.stringify(details) }], details };
}

/** @param {any} nodes `api.runtime.nodes` */
export function listTool(nodes) {
  return {
    name: "fleet_list",
    label: "List nodes",
    description: "The machines of the fleet (voice bots, GPU boxes) with the commands that each offers.",
    parameters: { type: "object", properties: {}, additionalProperties: false },
    async execute() {
      const { nodes: rows } = await nodes.list();
      return answer({ nodes: listed(rows) });
    },
  };
}

/** @param {any} nodes `api.runtime.nodes` @param {{ sessionKey?: string }} context of the run */
export function invokeTool(nodes, context) {
  return {
    name: "fleet_invoke",
    label: "Ask a node",
    description:
      "Send a command to a machine of the fleet. fleet_list shows machines and commands. With node " +
      "\"auto\" it goes to a connected machine that offers it and has the least to do.",
    parameters: {
      type: "object",
      properties: {
        node: { type: "string", description: "Name or id of the machine, or auto." },
        command: { type: "string", description: "Such as gpu.metrics or job.submit." },
        params: { type: "object", description: "The arguments of the command." },
      },
      required: ["node", "command"],
      additionalProperties: false,
    },
    /** @param {string} callId @param {any} params @param {AbortSignal} [signal] */
    async execute(callId, params, signal) {
      try {
        return answer(await invoke(nodes, context, callId, params, signal));
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return answer({ ok: false, error: message });
      }
    },
  };
}

async function invoke(nodes, context, callId, params, signal) {
  const { node: wanted = AUTO, command } = params ?? {};
  if (typeof command !== "string" || typeof wanted !== "string") {
    throw new BadRequest("node and command must be text");
  }
  if (!context.sessionKey) {
    // A node takes a command without a session for the owner's own.
    throw new BadRequest("this run belongs to no session, so a machine cannot know who asks: use it in a conversation");
  }
  const { nodes: rows } = await nodes.list();
  const load = sharedLoad();
  const chosen = choose(rows, wanted, command.trim(), load);
  const result = await load.during(chosen.nodeId, () =>
    nodes.invoke({
      nodeId: chosen.nodeId,
      command: command.trim(),
      params: params.params ?? {},
      timeoutMs: TIMEOUT_MS,
      idempotencyKey: callId,
      sessionKey: context.sessionKey,
      ...(signal ? { signal } : {}),
    }),
  );
  return { ok: true, node: nameOf(chosen), payload: payloadOf(result) };
}

/** The node's own answer, without the Gateway's envelope. */
function payloadOf(result) {
  if (result?.payload !== undefined && result.payload !== null) {
    return result.payload;
  }
  if (typeof result?.payloadJSON === "string") {
    return JSON.parse(result.payloadJSON);
  }
  return result ?? null;
}
