/**
 * Files of memory in an agent's workspace: `memory/fleet/<name>.md`, and nothing else.
 *
 * Requests are carried out one after the other. What fails leaves the file as it was. Another program
 * on the same disk may write too, without a common lock. So a wish to forget is written before lines are
 * removed, and is looked up once more after lines were added: one of the two sees what the other wrote.
 */

import { constants } from "node:fs";
import { lstat, mkdir, open, readdir, realpath } from "node:fs/promises";
import path from "node:path";

import { BadRequest, MemoryFull, MemoryUnwritable } from "./errors.js";
import { addition, forgotten } from "./pages.js";
import { fields, list, number, plainText, text } from "./params.js";
import { WISHES_FILE, isForgotten, noteOf, readWishes, wish } from "./wishes.js";

const FILE_NAME = /^[a-z0-9][a-z0-9_-]{0,80}\.md$/;
const ID = /^[a-z0-9][a-z0-9.-]{3,119}$/;
const TAG = /^[a-z0-9-]{1,119}$/;
const MOST_LINES = 100;
const MOST_TAGS = 10;
const MOST_CHARS = 2_000;
const LATEST_S = 9_999_999_999;
const MOST_FILE_BYTES = 1_000_000;
const SHARED = Symbol.for("openclaw-voice.memory");

/** @typedef {{ agents: () => string[], standard: () => string, workspaceOf: (agentId: string) => string }} Agents */

/**
 * Add lines `{agentId?, file, title, lines: [{id, text}]}` that the file does not have and that no wish
 * forgets, all or none.
 * @param {unknown} given @param {Agents} agents
 */
export async function append(given, agents) {
  const params = fields(given, "params", ["agentId", "file", "title", "lines"]);
  const file = params.file;
  if (typeof file !== "string" || !FILE_NAME.test(file)) {
    throw new BadRequest("file must be a name such as box2-2026-11-27.md, without folders");
  }
  const title = text(params.title, "title", 100);
  const lines = list(params.lines, "lines", MOST_LINES).map(readLine);
  const workspace = workspaceFor(params.agentId, agents);
  return alone(async () => {
    const folder = await fleetFolder(workspace);
    return asUnwritable(path.join(folder, file), () => appendWanted(folder, file, title, lines));
  });
}

/**
 * Blank the lines whose ids have all of the tags and that were said until `at`, in Unix time (now without
 * it): `{agentId?, tags: [tag], at?}`. That holds for all files, and for lines that come later.
 * @param {unknown} given @param {Agents} agents
 */
export async function forget(given, agents) {
  const params = fields(given, "params", ["agentId", "tags", "at"]);
  const tags = list(params.tags, "tags", MOST_TAGS);
  if (tags.length === 0 || !tags.every((tag) => typeof tag === "string" && TAG.test(tag))) {
    throw new BadRequest("tags must be a list of words such as u42");
  }
  const at = params.at === undefined ? Date.now() / 1000 : number(params.at, "at", 0, LATEST_S);
  const workspace = workspaceFor(params.agentId, agents);
  return alone(async () => {
    const folder = await fleetFolder(workspace);
    const kept = path.join(folder, WISHES_FILE);
    await asUnwritable(kept, () => keepWish(kept, tags, at));
    let removed = 0;
    const names = await asUnwritable(folder, () => readdir(folder));
    for (const name of names.filter((each) => each.endsWith(".md")).sort()) {
      const file = path.join(folder, name);
      removed += await asUnwritable(file, () => blank(file, wish(tags, at)));
    }
    return { removed };
  });
}

function readLine(given, index) {
  const where = `lines[${index}]`;
  const line = fields(given, where, ["id", "text"]);
  if (typeof line.id !== "string" || !ID.test(line.id)) {
    throw new BadRequest(`${where}.id must have 4 to 120 of the characters a-z, 0-9, dot and hyphen`);
  }
  return { id: line.id, text: plainText(line.text, `${where}.text`, MOST_CHARS) };
}

/** @param {unknown} agentId @param {Agents} agents */
function workspaceFor(agentId, agents) {
  const wanted = agentId ?? agents.standard();
  const known = agents.agents();
  if (typeof wanted !== "string" || (known.length > 0 && !known.includes(wanted))) {
    throw new BadRequest(`agentId: there is no such agent; there are: ${known.join(", ")}`);
  }
  return agents.workspaceOf(wanted);
}

/** The folder of the bridge, inside the workspace also by its real path. */
async function fleetFolder(workspace) {
  const folder = path.join(workspace, "memory", "fleet");
  return asUnwritable(folder, async () => {
    await mkdir(folder, { recursive: true });
    const inside = path.relative(await realpath(workspace), await realpath(folder));
    if (inside !== path.join("memory", "fleet")) {
      throw new MemoryUnwritable(`${folder} leads out of the workspace: remove the link`);
    }
    return folder;
  });
}

/** Append the lines that no wish forgets, also no wish that came while they were written. */
async function appendWanted(folder, file, title, lines) {
  const kept = path.join(folder, WISHES_FILE);
  const wishes = await wishesIn(kept);
  const wanted = lines.filter(({ id, text: words }) => !isForgotten(id, words, wishes));
  const forgotten = lines.length - wanted.length;
  if (wanted.length === 0) {
    return { appended: 0, skipped: 0, forgotten };
  }
  const { appended, skipped } = await appendTo(path.join(folder, file), title, wanted);
  const fresh = [...(await wishesIn(kept))].filter(([tags, at]) => wishes.get(tags) !== at);
  const removed = fresh.length === 0 ? 0 : await blank(path.join(folder, file), new Map(fresh));
  return { appended: appended - removed, skipped, forgotten: forgotten + removed };
}

async function wishesIn(kept) {
  let handle;
  try {
    handle = await open(kept, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if (error.code === "ENOENT") {
      return new Map();
    }
    throw error;
  }
  try {
    return readWishes(await handle.readFile());
  } finally {
    await handle.close();
  }
}

/** Write a wish to forget, for the lines that machines have not written yet. */
async function keepWish(kept, tags, at) {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
  const handle = await open(kept, flags, 0o644);
  try {
    const note = noteOf(await handle.readFile(), tags, at);
    if (note !== undefined) {
      await handle.write(note.data, 0, note.data.length, note.offset);
      await handle.sync();
    }
  } finally {
    await handle.close();
  }
}

async function appendTo(file, title, added) {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
  const handle = await open(file, flags, 0o644);
  try {
    const content = await handle.readFile();
    const change = addition(content, title, added);
    if (change.fresh > 0 && change.keep + change.data.length > MOST_FILE_BYTES) {
      throw new MemoryFull(`${file} has ${content.length} of at most ${MOST_FILE_BYTES} bytes`);
    }
    if (change.keep !== content.length) {
      await handle.truncate(change.keep);
    }
    try {
      await handle.appendFile(change.data);
      await handle.sync();
    } catch (error) {
      await handle.truncate(change.keep).catch(() => undefined);
      throw error;
    }
    return { appended: change.fresh, skipped: added.length - change.fresh };
  } finally {
    await handle.close();
  }
}

async function blank(file, wishes) {
  if (!(await lstat(file)).isFile()) {
    return 0;
  }
  const handle = await open(file, constants.O_RDWR | constants.O_NOFOLLOW);
  try {
    const places = forgotten(await handle.readFile(), wishes);
    for (const { start, end } of places) {
      await handle.write(Buffer.alloc(end - start, " "), 0, end - start, start);
    }
    await handle.sync();
    return places.length;
  } finally {
    await handle.close();
  }
}

/** One request after the other: the Gateway loads the plugin as two modules of one process. */
function alone(work) {
  const before = globalThis[SHARED] ?? Promise.resolve();
  const mine = before.then(work, work);
  globalThis[SHARED] = mine.catch(() => undefined);
  return mine;
}

async function asUnwritable(place, work) {
  try {
    return await work();
  } catch (error) {
    if (error?.syscall === undefined) {
      throw error;
    }
    throw new MemoryUnwritable(
      `${place} cannot be written (${error.code}): check the free space and the rights of the folder`,
    );
  }
}
