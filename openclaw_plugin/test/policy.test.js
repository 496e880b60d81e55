import assert from "node:assert/strict";
import { test } from "node:test";

import { coveredCommands, refusal } from "../lib/policy.js";

const POLICY = {
  nodes: {
    "box*": { allow: ["gpu.*", "job.*"], deny: ["job.submit"], reason: "it is night" },
    hall: { allow: ["*"] },
  },
};
const box = { nodeId: "abc", displayName: "box2" };

test("only what is listed passes", () => {
  assert.equal(refusal(POLICY, "gpu.metrics", box), undefined);
  assert.equal(refusal(POLICY, "job.status", box), undefined);
  assert.match(refusal(POLICY, "voice.say", box), /does not list voice\.say for box2: it is night/);
  assert.match(refusal(POLICY, "job.submit", box), /denies job\.submit on box\*/);
});

test("a node that no entry names gets no command", () => {
  assert.match(refusal(POLICY, "gpu.metrics", { nodeId: "x", displayName: "attic" }), /attic/);
});

test("a node is known by its id too, and a pattern has no other signs than the star", () => {
  assert.equal(refusal({ nodes: { abc: { allow: ["*"] } } }, "voice.say", box), undefined);
  assert.notEqual(refusal({ nodes: { "b.x2": { allow: ["*"] } } }, "voice.say", box), undefined);
});

test("the policy covers our commands that the Gateway allows, and those that it names", () => {
  const allowed = ["voice.say", "fleet.status", "system.info", "system.notify", "camera.snap"];
  assert.deepEqual(coveredCommands({ nodes: {}, commands: ["system.run"] }, allowed), [
    "voice.say",
    "fleet.status",
    "system.info",
    "system.run",
  ]);
});
