import assert from "node:assert/strict";
import { test } from "node:test";

import { Load, choose, listed } from "../lib/routing.js";

const node = (name, commands, more = {}) => ({
  nodeId: `id-${name}`,
  displayName: name,
  connected: true,
  invocableCommands: commands,
  ...more,
});
const NODES = [
  node("hall", ["voice.say", "gpu.metrics"]),
  node("box1", ["gpu.metrics"]),
  node("box2", ["gpu.metrics"]),
  node("box3", ["gpu.metrics"], { connected: false }),
];

test("a node is found by its name or id", () => {
  assert.equal(choose(NODES, "BOX2", "gpu.metrics", new Load()).nodeId, "id-box2");
  assert.equal(choose(NODES, "id-hall", "voice.say", new Load()).nodeId, "id-hall");
});

test("auto takes a connected node that offers the command", () => {
  assert.equal(choose(NODES, "auto", "voice.say", new Load()).displayName, "hall");
});

test("auto takes turns, and prefers a node that has less to do", async () => {
  const load = new Load();
  const used = [];
  for (let n = 0; n < 4; n += 1) {
    const chosen = choose(NODES, "auto", "gpu.metrics", load);
    used.push(chosen.displayName);
    await load.during(chosen.nodeId, async () => undefined);
  }
  assert.deepEqual(used, ["hall", "box1", "box2", "hall"]);
  let done;
  const busy = load.during("id-box1", () => new Promise((resolve) => (done = resolve)));
  assert.equal(choose(NODES, "auto", "gpu.metrics", load).displayName, "box2");
  done();
  await busy;
});

for (const [wanted, command, why] of [
  ["box9", "gpu.metrics", /none has that name; there are: hall, box1, box2/],
  ["box3", "gpu.metrics", /none has that name/],
  ["box1", "voice.say", /box1 does not offer voice\.say; it offers: gpu\.metrics/],
  ["auto", "job.submit", /no connected node offers job\.submit; there are: gpu\.metrics, voice\.say/],
]) {
  test(`refused: ${wanted} ${command}`, () => {
    assert.throws(() => choose(NODES, wanted, command, new Load()), why);
  });
}

test("two nodes of one name are told apart by their ids", () => {
  const twins = [node("box", ["a"]), { ...node("box", ["a"]), nodeId: "other" }];
  assert.throws(() => choose(twins, "box", "a", new Load()), /give the id: id-box, other/);
});

test("the list has what a node offers now", () => {
  assert.deepEqual(listed([NODES[0]]), [
    {
      node: "hall",
      nodeId: "id-hall",
      platform: undefined,
      connected: true,
      commands: ["gpu.metrics", "voice.say"],
    },
  ]);
});
