/** Names with `*` for any characters. */

/** @param {string} pattern @param {string} name */
export function matches(pattern, name) {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(name);
}

/** @param {readonly string[] | undefined} patterns @param {string} name */
export function matchesAny(patterns, name) {
  return (patterns ?? []).some((pattern) => matches(pattern, name));
}
