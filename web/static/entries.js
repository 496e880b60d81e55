// The conversation, as the bot's entries of it.

import { explanation, find, make, showList } from "./shared.js";

const entries = new Map();
let agent = "";

export function showAll(list, agentName) {
  agent = agentName;
  entries.clear();
  for (const entry of list) entries.set(entry.id, entry);
  render(true);
}

export function showOne(entry) {
  entries.set(entry.id, entry);
  render(false);
}

/** The words so far of people who are speaking. */
const speaking = new Map();

export function showWords({ speaker, who, text, committed }) {
  if (text) speaking.set(speaker, { who, text, committed });
  else speaking.delete(speaker);
  const lines = [...speaking.values()].map((each) => {
    const fixed = each.text.startsWith(each.committed) ? each.committed : "";
    return make("span", {}, make("b", {}, each.who), " ", make("span", { className: "committed" }, fixed), each.text.slice(fixed.length), " … ");
  });
  find("live").replaceChildren(...lines);
  follow();
}

function render(first) {
  const at = find("conversation");
  const atEnd = first || at.scrollHeight - at.scrollTop - at.clientHeight < 80;
  find("empty").hidden = entries.size > 0;
  showList(find("entries"), [...entries.values()], (entry) => entry.id, renderEntry);
  if (atEnd) at.scrollTop = at.scrollHeight;
}

function follow() {
  const at = find("conversation");
  if (at.scrollHeight - at.scrollTop - at.clientHeight < 80) at.scrollTop = at.scrollHeight;
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

export function agentName() {
  return agent;
}
