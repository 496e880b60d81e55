/** Finds the node for a command: the one that was named, or the one with the least to do. */

import { BadRequest } from "./errors.js";

export const AUTO = "auto";

/** @typedef {{ nodeId: string, displayName?: string, connected?: boolean, platform?: string,
 *   commands?: string[], invocableCommands?: string[] }} NodeRow */

/** @param {NodeRow} node */
export function nameOf(node) {
  return node.displayName || node.nodeId.slice(0, 12);
}

/** The commands that the Gateway lets through to a node. @param {NodeRow} node */
export function commandsOf(node) {
  return node.invocableCommands ?? node.commands ?? [];
}

/** What agents are told of the nodes. @param {readonly NodeRow[]} nodes */
export function listed(nodes) {
  return nodes.map((node) => ({
    node: nameOf(node),
    nodeId: node.nodeId,
    platform: node.platform,
    connected: node.connected === true,
    commands: [...commandsOf(node)].sort(),
  }));
}

/** How many commands each node has to do, and when it last got one. */
export class Load {
  #running = new Map();
  #last = new Map();
  #count = 0;

  /** @param {string} nodeId @param {() => Promise<unknown>} work */
  async during(nodeId, work) {
    this.#count += 1;
    this.#last.set(nodeId, this.#count);
    this.#running.set(nodeId, this.running(nodeId) + 1);
    try {
      return await work();
    } finally {
      this.#running.set(nodeId, this.running(nodeId) - 1);
    }
  }

  /** @param {string} nodeId */
  running(nodeId) {
    return this.#running.get(nodeId) ?? 0;
  }

  /** @param {string} nodeId */
  last(nodeId) {
    return this.#last.get(nodeId) ?? 0;
  }
}

/**
 * The node of that name or id, or with `auto` the one with the fewest commands in progress, then
 * the one that was used least recently.
 * @param {readonly NodeRow[]} nodes @param {string} wanted @param {string} command @param {Load} load
 */
export function choose(nodes, wanted, command, load) {
  const connected = nodes.filter((node) => node.connected);
  if (connected.length === 0) {
    throw new BadRequest("node: none is connected");
  }
  const able = connected.filter((node) => commandsOf(node).includes(command));
  if (wanted === AUTO) {
    if (able.length === 0) {
      const known = [...new Set(connected.flatMap(commandsOf))].sort().join(", ") || "none";
      throw new BadRequest(`command: no connected node offers ${command}; there are: ${known}`);
    }
    return [...able].sort(
      (a, b) =>
        load.running(a.nodeId) - load.running(b.nodeId) || load.last(a.nodeId) - load.last(b.nodeId),
    )[0];
  }
  const found = named(connected, wanted);
  if (!able.includes(found)) {
    const known = [...commandsOf(found)].sort().join(", ") || "none";
    throw new BadRequest(`command: ${nameOf(found)} does not offer ${command}; it offers: ${known}`);
  }
  return found;
}

/** @param {readonly NodeRow[]} nodes @param {string} wanted */
function named(nodes, wanted) {
  const sought = wanted.trim().toLowerCase();
  const exact = nodes.filter((node) => node.nodeId.toLowerCase() === sought);
  const found = exact.length > 0 ? exact : nodes.filter((node) => nameOf(node).toLowerCase() === sought);
  if (found.length === 1) {
    return found[0];
  }
  if (found.length > 1) {
    const ids = found.map((node) => node.nodeId).join(", ");
    throw new BadRequest(`node: several have that name; give the id: ${ids}`);
  }
  throw new BadRequest(`node: none has that name; there are: ${nodes.map(nameOf).join(", ")}`);
}
