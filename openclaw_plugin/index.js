/**
 * What a Gateway can do beside openclaw-voice: tools that route a command to a node, sensors in any
 * session's prompt, a policy for node commands, and files of memory. Everything is optional.
 */

import { BadRequest } from "./lib/errors.js";
import { append, forget } from "./lib/memory.js";
import { coveredCommands, refusal } from "./lib/policy.js";
import { promptLines, push, sharedReadings } from "./lib/sensors.js";
import { invokeTool, listTool } from "./lib/tools.js";

const MAX_AGE_S = 60;

export default {
  id: "openclaw-voice",
  name: "OpenClaw Voice",
  description: "Routes commands to voice bots and GPU boxes, and puts their sensors into prompts.",
  register(api) {
    const config = api.pluginConfig ?? {};
    api.registerTool(() => listTool(api.runtime.nodes), { name: "fleet_list" });
    api.registerTool((context) => invokeTool(api.runtime.nodes, context), { name: "fleet_invoke" });
    registerSensors(api, config.sensors ?? {});
    registerMemory(api);
    if (config.policy) {
      registerPolicy(api, config.policy);
    }
  },
};

function registerSensors(api, settings) {
  const maxAgeMs = (settings.maxAgeSeconds ?? MAX_AGE_S) * 1000;
  method(api, "openclaw-voice.sensors.push", (params) => push(sharedReadings(), params, Date.now()));
  api.on("before_prompt_build", (_event, context) => {
    if (settings.agents && !settings.agents.includes(context?.agentId)) {
      return undefined;
    }
    const lines = promptLines(sharedReadings(), Date.now(), maxAgeMs);
    return lines === undefined ? undefined : { appendContext: lines };
  });
}

function registerMemory(api) {
  const config = () => api.runtime.config.current();
  const agents = {
    agents: () => Object.keys(config().agents?.entries ?? {}),
    standard: () => standardAgent(config().agents ?? {}),
    workspaceOf: (agentId) => api.runtime.agent.resolveAgentWorkspaceDir(config(), agentId),
  };
  method(api, "openclaw-voice.memory.append", (params) => append(params, agents));
  method(api, "openclaw-voice.memory.forget", (params) => forget(params, agents));
}

/** The agent that is meant where none is named. */
function standardAgent({ entries = {}, defaults = {} }) {
  const marked = Object.keys(entries).find((name) => entries[name]?.default === true);
  return marked ?? defaults.systemAgent?.agentId ?? Object.keys(entries)[0] ?? "main";
}

function registerPolicy(api, policy) {
  const allowed = api.config?.gateway?.nodes?.commands?.allow ?? [];
  for (const name of coveredCommands(policy, allowed)) {
    api.registerNodeInvokePolicy({
      commands: [name],
      async handle(call) {
        const node = call.node ?? { nodeId: call.nodeId };
        const why = refusal(policy, call.command, node);
        return why === undefined ? call.invokeNode() : { ok: false, code: "DENIED", message: why };
      },
    });
  }
}

/** A Gateway method for operators who may write. A refusal carries its code in `details`. */
function method(api, name, answer) {
  const handle = async ({ params, respond }) => {
    try {
      respond(true, await answer(params));
    } catch (error) {
      if (error?.code === undefined) {
        api.logger.error(`${name} failed unexpectedly: ${error?.stack ?? error}`);
      }
      const code = error instanceof BadRequest ? "INVALID_REQUEST" : "UNAVAILABLE";
      const message = `${name}: ${error instanceof Error ? error.message : error}`;
      respond(false, undefined, { code, message, details: { code: error?.code ?? "FAILED" } });
    }
  };
  api.registerGatewayMethod(name, handle, { scope: "operator.write" });
}
