/**
 * Wishes to forget, and the file that keeps them. No I/O. fleet/memory/wishes.py is the same in Python.
 *
 * A line of the file is a moment (Unix time, ten digits) and tags. Lines of memory that were said until
 * then and have all of the tags are forgotten, also those that a machine writes later. A wish with the
 * same tags replaces the digits in place. A wish holds until the end of its minute and one minute more,
 * since the clocks of machines differ.
 */

export const WISHES_FILE = ".forgotten";
const CLOCKS_S = 60;
const LATEST = 9_999_999_999;
const WISH = /^(\d{10}) ([a-z0-9-]{1,119}(?: [a-z0-9-]{1,119})*)$/gm;
const MINUTE = /^(?:- )?(\d{4}-\d\d-\d\d \d\d:\d\d) UTC, /;

/** @typedef {Map<string, number>} Wishes the moment of the latest wish for each set of tags */

/** @param {readonly string[]} tags @param {number} at @returns {Wishes} */
export function wish(tags, at) {
  return new Map([[ordered(tags), whole(at)]]);
}

/** @param {Buffer} content @returns {Wishes} */
export function readWishes(content) {
  const wishes = new Map();
  for (const [, at, words] of content.toString("latin1").matchAll(WISH)) {
    const tags = ordered(words.split(" "));
    wishes.set(tags, Math.max(wishes.get(tags) ?? 0, Number(at)));
  }
  return wishes;
}

/**
 * What to write where, to keep a wish; undefined if a later one for the same tags is there already.
 * @param {Buffer} content @param {readonly string[]} tags @param {number} at
 */
export function noteOf(content, tags, at) {
  const wanted = ordered(tags);
  const digits = String(whole(at)).padStart(10, "0");
  for (const found of content.toString("latin1").matchAll(WISH)) {
    if (ordered(found[2].split(" ")) === wanted) {
      const older = Number(found[1]) < whole(at);
      return older ? { offset: found.index, data: Buffer.from(digits) } : undefined;
    }
  }
  const start = content.length === 0 || content[content.length - 1] === 10 ? "" : "\n";
  return { offset: content.length, data: Buffer.from(`${start}${digits} ${wanted}\n`) };
}

/** @param {string} id @param {string} text @param {Wishes} wishes */
export function isForgotten(id, text, wishes) {
  const own = new Set(id.split("."));
  return [...wishes].some(
    ([tags, at]) => tags.split(" ").every((tag) => own.has(tag)) && saidUntil(text, at),
  );
}

/** A line that tells no time is forgotten. @param {string} text @param {number} at */
function saidUntil(text, at) {
  const minute = MINUTE.exec(text)?.[1];
  const last = new Date((at + CLOCKS_S) * 1000).toISOString().slice(0, 16).replace("T", " ");
  return minute === undefined || minute <= last;
}

/** @param {readonly string[]} tags */
function ordered(tags) {
  return [...new Set(tags)].sort().join(" ");
}

/** @param {number} at */
function whole(at) {
  return Math.min(Math.max(0, Math.ceil(at)), LATEST);
}
