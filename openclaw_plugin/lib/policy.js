/** Which commands may go to which node. Only what is listed passes. */

import { matchesAny } from "./patterns.js";

const OURS = ["voice.", "gpu.", "sensor.", "human.", "job.", "memory.", "container.", "fleet."];
const OURS_TOO = ["system.info"];

/** @typedef {{ allow?: string[], deny?: string[], reason?: string }} Rule */
/** @typedef {{ commands?: string[], nodes: Record<string, Rule> }} Policy */

/**
 * The commands that the policy covers: those of openclaw-voice that the Gateway allows, and those
 * that the policy names.
 * @param {Policy} policy @param {readonly string[]} allowed
 */
export function coveredCommands(policy, allowed) {
  const ours = allowed.filter(
    (name) => OURS_TOO.includes(name) || OURS.some((lead) => name.startsWith(lead)),
  );
  return [...new Set([...ours, ...(policy.commands ?? [])])];
}

/**
 * Why a command may not go to a node; undefined if it may.
 * @param {Policy} policy @param {string} command @param {{ nodeId: string, displayName?: string }} node
 */
export function refusal(policy, command, node) {
  const names = [node.nodeId, node.displayName ?? ""].filter((name) => name !== "");
  const shown = node.displayName || node.nodeId.slice(0, 12);
  const rules = Object.entries(policy.nodes).filter(([pattern]) =>
    names.some((name) => matchesAny([pattern], name)),
  );
  if (rules.length === 0) {
    return `the policy of the Gateway names no commands for the node ${shown}`;
  }
  for (const [pattern, rule] of rules) {
    if (matchesAny(rule.deny, command)) {
      return why(`the policy of the Gateway denies ${command} on ${pattern}`, rule);
    }
  }
  if (rules.some(([, rule]) => matchesAny(rule.allow, command))) {
    return undefined;
  }
  return why(`the policy of the Gateway does not list ${command} for ${shown}`, rules[0][1]);
}

/** @param {string} words @param {Rule} rule */
function why(words, rule) {
  return rule.reason ? `${words}: ${rule.reason}` : words;
}
