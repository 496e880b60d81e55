// The conversation, as the bot's entries of it.

import { explanation, find, make, showList } from "./shared.js";

// More than the bot keeps for a page that comes later.
const MOST_ENTRIES = 200;

const entries = new Map();

export function showAll(list) {
  entries.clear();
  for (const entry of list) entries.set(entry.id, entry);
  speaking.clear();
  render();
  showSpeaking();
  scrollToEnd();
}

export function showOne(entry) {
  entries.set(entry.id, entry);
  if (entries.size > MOST_ENTRIES) entries.delete(entries.keys().next().value);
  following(render);
}

/** The words so far of people who are speaking. */
const speaking = new Map();

export function showWords({ speaker, who, text, committed }) {
  if (text) speaking.set(speaker, { who, text, committed });
  else speaking.delete(speaker);
  following(showSpeaking);
}

function showSpeaking() {
  const lines = [...speaking.values()].map((each) => {
    const fixed = each.text.startsWith(each.committed) ? each.committed : "";
    return make("span", {}, make("b", {}, each.who), " ", make("span", { className: "committed" }, fixed), each.text.slice(fixed.length), " … ");
  });
  find("live").replaceChildren(...lines);
}

function render() {
  find("empty").hidden = entries.size > 0;
  showList(find("entries"), [...entries.values()], (entry) => entry.id, renderEntry);
}

/** Changes what is shown, and stays at its end if it was there. */
function following(change) {
  const at = find("conversation");
  const atEnd = at.scrollHeight - at.scrollTop - at.clientHeight < 80;
  change();
  if (atEnd) scrollToEnd();
}

function scrollToEnd() {
  const at = find("conversation");
  at.scrollTop = at.scrollHeight;
}

function renderEntry(entry) {
  if (entry.kind === "said") return said(entry);
  if (entry.kind === "reply") return reply(entry);
  if (entry.kind === "written") return written(entry);
  return make("li", { className: "entry muted small" }, entry.text);
}

function head(who, note) {
  return make("header", {}, make("span", { className: "who" }, who), make("span", { className: "small muted" }, note));
}

function said(entry) {
  let note = "not for the agent";
  if (entry.addressed) note = "for the agent";
  if (entry.silent) note = "for the agent, who chose to say nothing";
  if (entry.declined) note = "perhaps for the agent, who found that it was not";
  if (entry.unspoken) note = "for the agent, whose voice failed";
  if (entry.failure) note = "for the agent, who could not answer";
  const more = [];
  if (entry.unspoken) more.push(`The voice failed: ${entry.unspoken}`);
  if (entry.failure) more.push(`For the operator: ${entry.failure}`);
  return make(
    "li",
    { className: entry.addressed ? "entry said" : "entry said aside" },
    head(entry.who, note),
    make("p", { className: "words" }, entry.whole ?? entry.text),
    entry.notice ? make("p", { role: "alert" }, entry.notice) : null,
    explanation({ reasons: entry.reasons, stages: entry.stages, score: entry.score, more }),
  );
}

const REPLY = {
  speaking: "is speaking",
  ducked: "is speaking more quietly",
  held: "pauses, because someone speaks",
  interrupted: "was interrupted",
  ended: "",
};

function reply(entry) {
  const heard = entry.heard ?? entry.text;
  const whole = entry.text.startsWith(heard);
  return make(
    "li",
    { className: "entry reply" },
    head(entry.who, REPLY[entry.state] ?? ""),
    make(
      "p",
      { className: "words" },
      whole ? heard : entry.text,
      whole && heard !== entry.text ? make("span", { className: "unheard", title: "not heard" }, entry.text.slice(heard.length)) : null,
    ),
  );
}

function written(entry) {
  const note = entry.text ? `wrote${entry.why ? `, because ${entry.why}` : ""}` : `speaks with another voice: ${entry.why}`;
  return make("li", { className: "entry written" }, head(entry.who, note), entry.text ? make("p", { className: "words" }, entry.text) : null);
}
