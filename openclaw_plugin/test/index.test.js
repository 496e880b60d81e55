import assert from "node:assert/strict";
import { test } from "node:test";

import plugin from "../index.js";

/** What the plugin registers, at a Gateway with these nodes. */
function registered(pluginConfig, nodes = {}) {
  const seen = { tools: {}, methods: {}, hooks: {}, policies: [], logged: [] };
  plugin.register({
    pluginConfig,
    config: { gateway: { nodes: { commands: { allow: ["voice.say", "camera.snap"] } } } },
    logger: { error: (line) => seen.logged.push(line) },
    runtime: { nodes, config: { current: () => ({ agents: { entries: { jarvis: {} } } }) }, agent: {} },
    registerTool: (make, { name }) => (seen.tools[name] = make),
    registerGatewayMethod: (name, handle, { scope }) => (seen.methods[name] = { handle, scope }),
    registerNodeInvokePolicy: (policy) => seen.policies.push(policy),
    on: (name, handle) => (seen.hooks[name] = handle),
  });
  return seen;
}

async function called(seen, name, params) {
  let answer;
  await seen.methods[name].handle({ params, respond: (...given) => (answer = given) });
  return answer;
}

test("methods need the right to write, and refuse what is wrong with a code", async () => {
  const seen = registered();
  assert.deepEqual(new Set(Object.values(seen.methods).map(({ scope }) => scope)), new Set(["operator.write"]));
  const [ok, , error] = await called(seen, "openclaw-voice.sensors.push", {});
  assert.equal(ok, false);
  assert.equal(error.code, "INVALID_REQUEST");
  assert.deepEqual(error.details, { code: "INVALID_PARAMS" });
  const [, , missing] = await called(seen, "openclaw-voice.memory.append", { agentId: "x" });
  assert.equal(missing.details.code, "INVALID_PARAMS");
  assert.deepEqual(seen.logged, []);
});

test("prompts of the chosen agents carry what was pushed", async () => {
  const seen = registered({ sensors: { agents: ["jarvis"] } });
  const reading = { sensor: "door", text: "open" };
  await called(seen, "openclaw-voice.sensors.push", { node: "hall", readings: [reading] });
  const prompt = (agentId) => seen.hooks.before_prompt_build({}, { agentId });
  assert.match(prompt("jarvis").appendContext, /hall door: open/);
  assert.equal(prompt("sage"), undefined);
  await called(seen, "openclaw-voice.sensors.push", { node: "hall", readings: [] });
  assert.equal(prompt("jarvis"), undefined);
});

test("there is no policy without a setting", () => {
  assert.deepEqual(registered().policies, []);
});

test("the policy lets a command through, or says why not", async () => {
  const { policies } = registered({ policy: { nodes: { hall: { allow: ["voice.*"] } } } });
  assert.deepEqual(policies.map(({ commands }) => commands), [["voice.say"]]);
  const asked = (displayName) =>
    policies[0].handle({
      command: "voice.say",
      nodeId: "x",
      node: { nodeId: "x", displayName },
      invokeNode: async () => ({ ok: true, payload: 1 }),
    });
  assert.deepEqual(await asked("hall"), { ok: true, payload: 1 });
  assert.equal((await asked("attic")).code, "DENIED");
});

test("fleet_invoke asks as the session of its run, and tells errors", async () => {
  const asked = [];
  const nodes = {
    list: async () => ({
      nodes: [{ nodeId: "x", displayName: "hall", connected: true, invocableCommands: ["voice.say"] }],
    }),
    invoke: async (given) => {
      asked.push(given);
      if (asked.length > 1) {
        throw new Error("not in a call");
      }
      return { payload: null, payloadJSON: '{"spoken":true}' };
    },
  };
  const tool = registered({}, nodes).tools.fleet_invoke({ sessionKey: "agent:jarvis:main" });
  const ask = async () =>
    (await tool.execute("call_1", { node: "auto", command: "voice.say", params: { text: "hi" } })).details;
  assert.deepEqual(await ask(), { ok: true, node: "hall", payload: { spoken: true } });
  assert.equal(asked[0].sessionKey, "agent:jarvis:main");
  assert.equal(asked[0].idempotencyKey, "call_1");
  assert.deepEqual(await ask(), { ok: false, error: "not in a call" });
});

test("fleet_invoke asks no machine for a run that belongs to no session", async () => {
  const nodes = { list: async () => assert.fail("asked"), invoke: async () => assert.fail("asked") };
  for (const context of [{}, { sessionKey: "" }, { sessionKey: undefined }]) {
    const tool = registered({}, nodes).tools.fleet_invoke(context);
    const { details } = await tool.execute("call_1", { node: "auto", command: "voice.say" });
    assert.equal(details.ok, false);
    assert.match(details.error, /belongs to no session/);
  }
});
