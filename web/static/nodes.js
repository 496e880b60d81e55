// The page of all nodes: the whole fleet after each change, by server-sent events.

import { find, make, showList, showState } from "./shared.js";

const CONDITIONS = { connected: "well", "partly approved": "impaired", "not approved": "impaired", offline: "broken" };
const URGENT = ["high", "critical"];
const GIB = 2 ** 30;
const RETRY_MS = 2000;

const events = new EventSource("/api/nodes/events");
events.onmessage = (event) => {
  showState(find("link"), find("link-words"), "well", "Live");
  show(JSON.parse(event.data));
};
events.onerror = () => {
  showState(find("link"), find("link-words"), "broken", "No connection to the bot");
  // A refused stream stays closed: after the end of the login the page itself leads to another one.
  if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), RETRY_MS);
};

function show(state) {
  find("to-talk").hidden = !state.talk;
  find("to-logout").hidden = !state.login;
  const alerts = state.nodes.flatMap((node) => node.alerts.map((alert) => ({ ...alert, node: node.name, id: node.id })));
  showSummary(state, alerts);
  showNote(find("all-gpus"), state.gpu_words && `GPUs in all: ${state.gpu_words}`);
  showNote(find("problem"), state.problem && `The list is not up to date: ${state.problem}`);
  showNote(find("limited"), state.limited);
  find("alerts-section").hidden = alerts.length === 0;
  showList(find("alerts"), alerts, (alert) => `${alert.id} ${alert.kind} ${alert.text}`, showAlert);
  showList(find("nodes"), state.nodes, (node) => node.id, showNode);
}

function showSummary(state, alerts) {
  const urgent = alerts.some((alert) => URGENT.includes(alert.urgency));
  const away = state.nodes.some((node) => node.status !== "connected");
  const condition = state.problem || urgent ? "broken" : away || alerts.length ? "impaired" : "well";
  const more = alerts.length ? `, ${alerts.length} alert${alerts.length === 1 ? "" : "s"}` : "";
  showState(find("overall"), find("summary"), condition, state.summary + more);
  document.title = `${condition === "well" ? "" : "⚠ "}Nodes – openclaw-voice`;
}

function showNote(element, text) {
  element.hidden = !text;
  if (element.textContent !== text) element.textContent = text;
}

function showAlert(alert) {
  return make(
    "li",
    { className: `notice${URGENT.includes(alert.urgency) ? " broken" : ""}` },
    make("b", {}, `${alert.node}: `),
    alert.text,
    make("span", { className: "muted small" }, ` ${alert.urgency}, since `, when(alert.since)),
  );
}

function showNode(node) {
  return make(
    "tr",
    { role: "row" },
    make(
      "th",
      { role: "rowheader", scope: "row" },
      make("span", { className: "name" }, node.name),
      make("span", { className: "chip" }, node.kind_words),
      small([node.capabilities.join(", ")]),
    ),
    cell("Status", ...status(node)),
    cell("GPUs", ...gpus(node)),
    cell("Rooms and jobs", ...work(node)),
    cell("Machine", ...machine(node)),
  );
}

function cell(label, ...children) {
  const shown = children.filter((each) => each !== null);
  return make("td", { role: "cell", "data-label": label, className: shown.length ? "" : "empty" }, ...shown);
}

function small(parts) {
  const text = parts.filter(Boolean).join(" · ");
  return text ? make("span", { className: "small muted line" }, text) : null;
}

function status(node) {
  const condition = CONDITIONS[node.status];
  return [
    make("span", { className: "state" }, make("span", { className: `dot ${condition}` }), make("span", { className: `word ${condition}` }, node.status)),
    node.connected ? null : make("span", { className: "small muted line" }, "last seen ", node.last_seen === null ? "never" : when(node.last_seen)),
    node.advice ? make("span", { className: "small line" }, make("b", {}, "To do: "), make("code", {}, node.advice)) : null,
    ...node.unknown.map((why) => make("span", { className: "small muted line" }, why)),
  ];
}

function gpus(node) {
  if (node.gpus.length === 0) return [];
  const measured = node.gpus.some((gpu) => gpu.busy_percent !== null || gpu.temperature_celsius !== null);
  return [
    make("b", {}, node.gpu_words),
    measured ? make("details", {}, make("summary", {}, gpuSummary(node.gpus)), make("ul", {}, ...node.gpus.map(showGpu))) : null,
  ];
}

function gpuSummary(all) {
  const busy = all.map((gpu) => gpu.busy_percent).filter((value) => value !== null);
  const hottest = all.map((gpu) => gpu.temperature_celsius).filter((value) => value !== null);
  const parts = [];
  if (busy.length) parts.push(`${Math.round(busy.reduce((sum, each) => sum + each, 0) / busy.length)}% busy`);
  if (hottest.length) parts.push(`${Math.round(Math.max(...hottest))} °C at most`);
  return parts.join(", ");
}

function showGpu(gpu) {
  const parts = [];
  if (gpu.busy_percent !== null) parts.push(`${Math.round(gpu.busy_percent)}% busy`);
  if (gpu.memory_used_bytes !== null) parts.push(`${Math.round(gpu.memory_used_bytes / GIB)} of ${Math.round(gpu.memory_total_bytes / GIB)} GB used`);
  if (gpu.temperature_celsius !== null) parts.push(`${Math.round(gpu.temperature_celsius)} °C`);
  return make("li", { className: "small number" }, make("b", {}, `${gpu.index}: `), parts.join(", "));
}

function work(node) {
  const rooms = node.rooms.map((room) =>
    make(
      "span",
      { className: "line" },
      room.place,
      small([room.agent, `${room.people} ${room.people === 1 ? "person" : "people"}`, room.waiting ? `${room.waiting} waiting` : ""]),
    ),
  );
  const jobs = node.jobs.map((job) => make("span", { className: "line" }, `${job.kind} ${job.state}`, small([job.id])));
  const waits = node.undelivered ? make("span", { className: "small muted line" }, `${node.undelivered} messages wait for the Gateway`) : null;
  return [...rooms, ...jobs, waits];
}

function machine(node) {
  const load = node.load;
  const parts = [];
  if (load) {
    if (load.load !== null) parts.push(`load ${load.load.toFixed(1)}${load.cpus === null ? "" : ` of ${load.cpus} CPUs`}`);
    if (load.memory_percent !== null) parts.push(`memory ${load.memory_percent}%`);
    if (load.disk_percent !== null) parts.push(`disk ${load.disk_percent}%`);
  }
  const desired = node.desired;
  return [
    ...parts.map((part) => make("span", { className: "small number line" }, part)),
    small([node.platform, node.version]),
    desired ? make("span", { className: "small line" }, configuration(desired)) : null,
    desired?.problem ? make("span", { className: `small line ${desired.desired ? "word broken" : "muted"}` }, desired.problem) : null,
  ];
}

function configuration(desired) {
  if (!desired.desired) return "configuration unknown";
  if (desired.applied === desired.desired) return `configuration ${desired.applied}`;
  return `configuration ${desired.applied || "none"}, desired ${desired.desired}`;
}

/** A time of day, with the date where it is not of today. */
function when(unix) {
  const at = new Date(unix * 1000);
  const today = at.toDateString() === new Date().toDateString();
  return make("time", { dateTime: at.toISOString() }, today ? at.toLocaleTimeString() : at.toLocaleString());
}
