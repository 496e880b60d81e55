// The status page: the bot sends its whole state after each change, by server-sent events.

import { explanation, find, make, showList, showState } from "./shared.js";

const WORDS = { well: "well", impaired: "impaired", broken: "broken", off: "off" };
const RANK = ["broken", "impaired", "off", "well"];

const events = new EventSource("/api/events");
events.onmessage = (event) => {
  showState(find("link"), find("link-words"), "well", "Live");
  show(JSON.parse(event.data));
};
events.onerror = () => showState(find("link"), find("link-words"), "broken", "No connection to the bot");

function show(state) {
  find("to-talk").hidden = !state.talk;
  find("to-nodes").hidden = !state.nodes || !state.operator;
  find("to-login").hidden = !state.login || state.operator;
  find("to-logout").hidden = !state.login || !state.operator;
  const parts = [...state.parts].sort((a, b) => RANK.indexOf(a.condition) - RANK.indexOf(b.condition));
  showSummary(parts);
  showList(find("parts"), parts, (part) => part.name, showPart);
  const rooms = state.rooms ?? [];
  showList(find("rooms"), rooms, (room) => `${room.kind} ${room.place}`, showRoom);
  find("agents").textContent = state.agents?.length ? `agents: ${state.agents.join(", ")}` : "";
  const none = find("no-rooms");
  none.hidden = rooms.length > 0;
  none.textContent = state.operator
    ? "The bot is in no call, and the rooms of the talk page are empty. On Discord, /join calls it."
    : `Rooms in use: ${state.in_calls}. Log in to see who is in them.`;
}

function showSummary(parts) {
  const worst = parts.find((part) => part.condition === "broken" || part.condition === "impaired");
  const troubled = parts.filter((part) => part.condition === "broken" || part.condition === "impaired");
  const text = troubled.length === 0 ? "Everything works" : troubled.length === 1 ? `${worst.name} needs attention` : `${troubled.length} parts need attention`;
  showState(find("overall"), find("summary"), worst?.condition ?? "well", text);
  document.title = `${worst ? "⚠ " : ""}Status – openclaw-voice`;
}

function showPart(part) {
  return make(
    "li",
    { className: "card" },
    make(
      "h3",
      {},
      make("span", { className: `dot ${part.condition}` }),
      part.name,
      make("span", { className: `word ${part.condition}` }, WORDS[part.condition]),
    ),
    part.words ? make("p", { className: "small muted" }, part.words) : null,
    part.advice ? make("p", { className: "small advice" }, make("b", {}, "To do: "), part.advice) : null,
  );
}

function showRoom(room) {
  const facts = [
    ["agent", room.agent],
    ["sensitivity", room.sensitivity],
    ["people", room.people.join(", ") || "none"],
    ["answering", room.answering ?? "no one"],
    ["waiting", String(room.waiting)],
    ["questions", String(room.questions)],
  ];
  const element = make(
    "article",
    { className: "card room" },
    make(
      "header",
      {},
      make("h3", {}, room.place),
      make("span", { className: "chip" }, room.kind === "web" ? "talk page" : "Discord"),
    ),
    make("dl", { className: "facts" }, ...facts.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value)))),
    room.problem ? make("p", { className: "notice broken" }, room.problem) : null,
  );
  if (room.turns.length === 0) {
    element.append(make("p", { className: "muted small" }, "No one has spoken yet."));
  } else {
    element.append(make("ol", { className: "turns" }, ...room.turns.map(showTurn)));
  }
  return element;
}

function showTurn(turn) {
  const at = new Date(turn.at * 1000);
  return make(
    "li",
    {},
    make(
      "div",
      { className: "turn" },
      make("time", { className: "muted small number", dateTime: at.toISOString() }, at.toLocaleTimeString()),
      make("b", {}, turn.speaker),
      make("span", { className: "words" }, turn.text || "(no words)"),
      make("span", { className: "muted small outcome" }, turn.outcome),
    ),
    explanation({ reasons: turn.reasons, stages: turn.stages_ms }),
  );
}
