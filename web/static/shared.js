// What both pages use: elements, lists that change in place, reasons, and where the time of a turn went.

export const find = (id) => document.getElementById(id);

/** An element with properties and children; texts are never read as HTML. */
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key in element) element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((each) => each !== null && each !== undefined));
  return element;
}

/** Shows `items` in `container`. Elements of unchanged items stay: they keep focus and what was opened. */
export function showList(container, items, keyOf, render) {
  const known = container.known ?? (container.known = new Map());
  const now = new Map();
  let place = container.firstElementChild;
  for (const item of items) {
    const key = String(keyOf(item));
    const text = JSON.stringify(item);
    let shown = known.get(key);
    if (!shown || shown.text !== text) {
      const element = render(item);
      if (shown) {
        keepOpened(shown.element, element);
        if (place === shown.element) place = place.nextElementSibling;
        shown.element.replaceWith(element);
      }
      shown = { text, element };
    }
    if (shown.element === place) place = place.nextElementSibling;
    else container.insertBefore(shown.element, place);
    now.set(key, shown);
  }
  for (const [key, shown] of known) if (!now.has(key)) shown.element.remove();
  container.known = now;
}

function keepOpened(before, after) {
  const earlier = before.querySelectorAll("details");
  after.querySelectorAll("details").forEach((details, number) => {
    details.open = earlier[number]?.open ?? details.open;
  });
  const focused = before.contains(document.activeElement) && document.activeElement;
  if (focused && focused.tagName === "SUMMARY") {
    queueMicrotask(() => after.querySelector("summary")?.focus());
  }
}

const STAGES = {
  listen: "silence noticed",
  turn: "turn judged over",
  stt: "words understood",
  relevance: "meant for the agent?",
  queue: "waited for its turn",
  gateway_first_delta: "agent's first words",
  sentence: "first sentence whole",
  tts_first_byte: "voice ready",
  hold: "certain that the turn is over",
  first_frame: "first sound sent",
};
const TOTAL = "voice_to_voice";

export const seconds = (ms) => (ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`);

/** Why a turn was answered or not, and the stages of its answer, behind one summary. */
export function explanation({ reasons = [], stages = {}, score = null, more = [] }) {
  const total = stages[TOTAL];
  const summary = total === undefined ? "why" : `why, and where ${seconds(total)} went`;
  const parts = [];
  if (reasons.length) parts.push(make("ul", { className: "reasons" }, ...reasons.map((each) => make("li", {}, each))));
  if (score !== null) {
    parts.push(make("p", { className: "small muted" }, `${Math.round(score * 100)}% likely to be meant for the agent`));
  }
  parts.push(...more.map((each) => make("p", { className: "small" }, each)));
  if (total !== undefined) parts.push(waterfall(stages, total));
  return parts.length ? make("details", {}, make("summary", {}, summary), ...parts) : null;
}

/** The stages of a turn one below the other, each beginning where the one before ended. */
function waterfall(stages, total) {
  const rows = [];
  let begun = 0;
  for (const [stage, words] of Object.entries(STAGES)) {
    const ms = stages[stage];
    if (ms === undefined) continue;
    const bar = make("i");
    bar.style.left = `${Math.min(99, (begun / Math.max(1, total)) * 100)}%`;
    bar.style.width = `${(ms / Math.max(1, total)) * 100}%`;
    begun += ms;
    rows.push(
      make(
        "tr",
        {},
        make("th", { scope: "row" }, words),
        make("td", { "aria-hidden": "true" }, make("span", { className: "track" }, bar)),
        make("td", { className: "number" }, `${Math.round(ms)} ms`),
      ),
    );
  }
  const caption = make("caption", {}, `From the last sound of the question to the first of the answer: ${seconds(total)}`);
  return make("table", { className: "stages" }, caption, make("tbody", {}, ...rows));
}

/** Shows how something is, as the class of a dot and as words. */
export function showState(dot, words, condition, text) {
  dot.className = `dot ${condition}`;
  if (words.textContent !== text) words.textContent = text;
}
