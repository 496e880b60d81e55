import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, test } from "node:test";

import { append, forget } from "../lib/memory.js";

const FILE = "box2-2026-11-27.md";
const AT = Date.parse("2026-11-27T15:00:00Z") / 1000;
const line = (id, words = "green tea") => ({ id, text: `2026-11-27 14:05 UTC, Alice: ${words}` });
let workspace;
let agents;

beforeEach(async () => {
  workspace = await mkdtemp(path.join(os.tmpdir(), "memory-"));
  agents = { agents: () => ["jarvis"], standard: () => "jarvis", workspaceOf: () => workspace };
});
afterEach(() => rm(workspace, { recursive: true, force: true }));

const add = (lines, more = {}) => append({ file: FILE, title: "box2, 2026-11-27", lines, ...more }, agents);
const content = (file = FILE) => readFile(path.join(workspace, "memory", "fleet", file), "utf8");

test("a file begins with its title, and a line ends in its id", async () => {
  assert.deepEqual(await add([line("u42.g7.t.aaaa"), line("u43.g7.t.bbbb")]), { appended: 2, skipped: 0, forgotten: 0 });
  const lines = (await content()).split("\n");
  assert.equal(lines[0], "# box2, 2026-11-27");
  assert.equal(lines[4], "- 2026-11-27 14:05 UTC, Alice: green tea ^u42.g7.t.aaaa");
  assert.equal(lines.length, 7);
});

test("an id is written once, also by requests at the same time", async () => {
  const asked = Array.from({ length: 20 }, (_, n) => add([line("o.aaaa"), line(`o.bbb${n}`)]));
  const answers = await Promise.all(asked);
  assert.equal(answers.reduce((sum, each) => sum + each.appended, 0), 21);
  assert.equal((await content()).match(/\^o\.aaaa$/gm)?.length, 1);
});

test("a line that a crash cut off is written again", async () => {
  await add([line("o.aaaa"), line("o.bbbb")]);
  const whole = await content();
  await truncate(path.join(workspace, "memory", "fleet", FILE), whole.length - 9);
  assert.deepEqual(await add([line("o.aaaa"), line("o.bbbb")]), { appended: 1, skipped: 1, forgotten: 0 });
  assert.equal(await content(), whole);
});

test("what a member said is blanked in all files, and nothing else", async () => {
  await add([line("u42.g7.t.aaaa"), line("u43.g7.t.bbbb")]);
  await add([line("u42.g8.t.cccc")], { file: "box1-2026-11-26.md" });
  const before = await content();
  assert.deepEqual(await forget({ tags: ["u42", "g7"], at: AT }, agents), { removed: 1 });
  const after = await content();
  assert.equal(after.length, before.length);
  assert.ok(!after.includes("u42") && after.includes("u43.g7.t.bbbb"));
  assert.deepEqual(await forget({ tags: ["u42"], at: AT }, agents), { removed: 1 });
  assert.deepEqual(await forget({ tags: ["u4"], at: AT }, agents), { removed: 0 });
});

test("a wish holds also for lines that another machine writes later, and for no newer ones", async () => {
  assert.deepEqual(await forget({ tags: ["u42"], at: AT }, agents), { removed: 0 });
  const later = { id: "u42.g7.t.dddd", text: "2026-11-27 15:02 UTC, Alice: black tea" };
  const lines = [line("u42.g7.t.aaaa"), line("u43.g7.t.bbbb"), later];
  assert.deepEqual(await add(lines), { appended: 2, skipped: 0, forgotten: 1 });
  assert.deepEqual(await add(lines), { appended: 0, skipped: 2, forgotten: 1 });
  assert.ok(!(await content()).includes("green tea ^u42"));
  assert.deepEqual(await add([line("u42.o.eeee")], { file: "new.md" }), { appended: 0, skipped: 0, forgotten: 1 });
  await assert.rejects(content("new.md"), { code: "ENOENT" });
});

test("a wish for the same tags takes the place of the earlier one", async () => {
  for (const at of [AT, AT + 600, AT]) {
    await forget({ tags: ["t", "g7"], at }, agents);
  }
  await forget({ tags: ["u42"], at: AT }, agents);
  assert.equal(await content(".forgotten"), `${AT + 600} g7 t\n${AT} u42\n`);
});

test("a wish that a crash cut off does not spoil the next one", async () => {
  await forget({ tags: ["u42"], at: AT }, agents);
  await writeFile(path.join(workspace, "memory", "fleet", ".forgotten"), `${AT} u42\n17957`);
  await forget({ tags: ["u43"], at: AT }, agents);
  assert.deepEqual(await add([line("u42.o.aaaa"), line("u43.o.bbbb")]), { appended: 0, skipped: 0, forgotten: 2 });
});

test("at must be a moment", async () => {
  for (const at of ["now", -1, NaN, 1e12, null]) {
    await assert.rejects(forget({ tags: ["u42"], at }, agents), { code: "INVALID_PARAMS" });
  }
});

test("nothing is written outside the workspace", async () => {
  const outside = await mkdtemp(path.join(os.tmpdir(), "outside-"));
  try {
    await mkdir(path.join(workspace, "memory"));
    await symlink(outside, path.join(workspace, "memory", "fleet"));
    await assert.rejects(add([line("o.aaaa")]), /leads out of the workspace/);
    await rm(path.join(workspace, "memory", "fleet"));
    await mkdir(path.join(workspace, "memory", "fleet"));
    await writeFile(path.join(outside, "x.md"), "");
    await symlink(path.join(outside, "x.md"), path.join(workspace, "memory", "fleet", FILE));
    await assert.rejects(add([line("o.aaaa")]), { code: "MEMORY_UNWRITABLE" });
    assert.equal(await readFile(path.join(outside, "x.md"), "utf8"), "");
  } finally {
    await rm(outside, { recursive: true });
  }
});

test("a full file takes no more, and keeps what it has", async () => {
  await add([line("o.aaaa")]);
  const place = path.join(workspace, "memory", "fleet", FILE);
  await writeFile(place, `${await content()}${"x".repeat(999_000)}\n`);
  const before = await content();
  await assert.rejects(add([line("o.bbbb", "y".repeat(1_900))]), { code: "MEMORY_FULL" });
  assert.equal(await content(), before);
});

for (const [given, why] of [
  [{ file: "../MEMORY.md" }, /file must be a name/],
  [{ file: "a/b.md" }, /file must be a name/],
  [{ file: "MEMORY.md" }, /file must be a name/],
  [{ agentId: "stranger" }, /there is no such agent; there are: jarvis/],
  [{ lines: [{ id: "A", text: "x" }] }, /lines\[0\]\.id/],
  [{ lines: [{ id: "o.aaaa", text: "a\n# b" }] }, /must be one line/],
  [{ lines: [{ id: "o.aaaa", text: "x".repeat(2_001) }] }, /at most 2000 characters/],
]) {
  test(`refused: ${JSON.stringify(given).slice(0, 60)}`, async () => {
    await assert.rejects(add([line("o.aaaa")], given), (error) => {
      assert.equal(error.code, "INVALID_PARAMS");
      assert.match(error.message, why);
      return true;
    });
  });
}

test("forget needs tags", async () => {
  await assert.rejects(forget({ tags: [] }, agents), { code: "INVALID_PARAMS" });
  await assert.rejects(forget({ tags: ["a.b"] }, agents), { code: "INVALID_PARAMS" });
});
