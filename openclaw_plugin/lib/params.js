/** Checks of what comes over the wire: each names the field that is wrong. */

import { BadRequest } from "./errors.js";

const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g;

/** One line without control characters, for a prompt or a file. @param {string} words */
export function oneLine(words) {
  return words.replace(CONTROL, " ").replace(/ {2,}/g, " ").trim();
}

/**
 * An object with these fields only.
 * @param {unknown} value @param {string} where @param {readonly string[]} known
 * @returns {Record<string, unknown>}
 */
export function fields(value, where, known) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BadRequest(`${where} must be an object`);
  }
  const stranger = Object.keys(value).find((name) => !known.includes(name));
  if (stranger !== undefined) {
    throw new BadRequest(`${where}: there is no ${oneLine(stranger)}; there are ${known.join(", ")}`);
  }
  return /** @type {Record<string, unknown>} */ (value);
}

/** Text that is on one line already. @param {unknown} value @param {string} where @param {number} most */
export function plainText(value, where, most) {
  const words = text(value, where, most);
  if (/** @type {string} */ (value).search(CONTROL) >= 0) {
    throw new BadRequest(`${where} must be one line without control characters`);
  }
  return words;
}

/** Text, as one line. @param {unknown} value @param {string} where @param {number} most */
export function text(value, where, most) {
  if (typeof value !== "string" || oneLine(value) === "") {
    throw new BadRequest(`${where} must be text`);
  }
  // Code points, as Python counts them, and not UTF-16 units.
  if (value.length > 2 * most || [...value].length > most) {
    throw new BadRequest(`${where} must have at most ${most} characters`);
  }
  return oneLine(value);
}

/** @param {unknown} value @param {string} where @param {number} most @returns {unknown[]} */
export function list(value, where, most) {
  if (!Array.isArray(value)) {
    throw new BadRequest(`${where} must be a list`);
  }
  if (value.length > most) {
    throw new BadRequest(`${where} must have at most ${most} entries`);
  }
  return value;
}

/** @param {unknown} value @param {string} where @param {number} least @param {number} most */
export function number(value, where, least, most) {
  if (typeof value !== "number" || !(value >= least && value <= most)) {
    throw new BadRequest(`${where} must be a number from ${least} to ${most}`);
  }
  return value;
}
