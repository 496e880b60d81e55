// The talk page: enters a room, carries audio both ways, and shows the conversation.

import { Loudspeaker, Microphone, canSpeak } from "./audio.js";
import { Connection } from "./connection.js";
import { showAll, showOne, showWords } from "./entries.js";
import { find, make, showList, showState } from "./shared.js";

const INSECURE =
  "A browser gives a microphone and sound only to pages by https or from localhost. Open this page as http://localhost " +
  "on the bot's machine, set web.tls_certificate and web.tls_key, or put a proxy with https in front of it. " +
  "Until then you can type, and read the answers.";
const AUDIBLE = 0.002;

let connection = null;
let microphone = null;
let loudspeaker = null;
let me = 0;
let agents = new Map();
let current = "";
let thinking = "";
let answer = null;
let speaking = new Set();
let link = "";
// The browser is asked for sound and microphone: a second click does not ask again.
let entering = false;
// The open microphone was closed by hand: it stays closed when the connection comes back.
let muted = false;
// Opus failed here, or is not wanted (?audio=pcm): samples are sent and heard.
let plain = new URLSearchParams(location.search).get("audio") === "pcm";

// What tests look at: the level of what is played, over time.
window.heard = [];

// -- entering ----------------------------------------------------------------------------------

function key() {
  let known = sessionStorage.getItem("key");
  if (!known) {
    known = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    sessionStorage.setItem("key", known);
  }
  return known;
}

const form = find("enter");
form.elements.name.value = localStorage.getItem("name") ?? "";
form.elements.room.value = new URLSearchParams(location.search).get("room") ?? "";
if (!canSpeak()) {
  find("insecure").textContent = INSECURE;
  find("insecure").hidden = false;
  find("with-microphone").disabled = true;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (entering) return;
  entering = true;
  const wanted = event.submitter?.value !== "typing" && canSpeak();
  refuse("");
  const name = form.elements.name.value.trim();
  localStorage.setItem("name", name);
  try {
    loudspeaker = new Loudspeaker(onLevel);
    await loudspeaker.start(48000);
    setVolume();
    if (wanted) {
      microphone = new Microphone((bytes) => connection?.sendAudio(bytes), showLevel);
      await microphone.start();
    }
    enter(name);
  } catch (error) {
    leave();
    refuse(microphoneError(error));
  } finally {
    entering = false;
  }
});

function microphoneError(error) {
  if (error.name === "NotAllowedError") return "The browser was not allowed to use the microphone. Allow it beside the address, or enter to type.";
  if (error.name === "NotFoundError") return "The browser found no microphone. Connect one, or enter to type.";
  return `The microphone or the sound cannot be used: ${error.message}`;
}

function enter(name) {
  muted = false;
  const room = form.elements.room.value.trim();
  const codec = (end) => (end?.canOpus && !plain ? "opus" : "pcm");
  const what = () => ({ name, room, key: key(), rate: microphone?.rate ?? 48000, sends: codec(microphone), hears: codec(loudspeaker) });
  connection = new Connection(what, {
    onMessage,
    onAudio: (buffer) => loudspeaker?.play(buffer),
    onState: onLink,
  });
}

function onLink(state, why) {
  link = state;
  if (state === "open") {
    form.hidden = true;
    find("room").hidden = false;
    document.body.classList.add("in-room");
  }
  if (state === "refused") {
    leave();
    refuse(`The bot ended the connection: ${why || "without a reason"}.`);
  }
  if (state !== "open") speaking.clear();
  showChip();
}

function refuse(why) {
  find("refused").textContent = why;
  find("refused").hidden = !why;
}

function leave() {
  connection?.close();
  microphone?.stop();
  loudspeaker?.stop();
  connection = microphone = loudspeaker = null;
  link = "";
  find("room").hidden = true;
  form.hidden = false;
  document.body.classList.remove("in-room");
  showChip();
}

find("leave").addEventListener("click", () => {
  leave();
  form.elements.name.focus();
});
// Also for a page that the browser keeps: it comes back with the form, and not with a dead room.
addEventListener("pagehide", leave);

// -- what the bot sends --------------------------------------------------------------------------

function onMessage(message) {
  switch (message.type) {
    case "entered":
      entered(message);
      break;
    case "people":
      showPeople(message.people);
      break;
    case "speaking":
      if (message.on) speaking.add(message.speaker);
      else speaking.delete(message.speaker);
      document.querySelectorAll("#people .dot").forEach((dot) => dot.classList.toggle("on", speaking.has(Number(dot.dataset.id))));
      showChip();
      break;
    case "words":
      showWords(message);
      break;
    case "entry":
      showOne(message.entry);
      if (message.entry.kind === "reply") {
        answer = goesOn(message.entry) ? message.entry : null;
        showChip();
      }
      break;
    case "thinking":
      thinking = message.on ? message.agent : "";
      showChip();
      break;
    case "agent":
      current = message.agent;
      find("agent").value = current;
      showChip();
      break;
    case "sensitivity":
      find("sensitivity").value = message.level;
      break;
    case "unheard":
      find("live").textContent = `${message.who}: no words understood (${message.why})`;
      break;
  }
}

const goesOn = (reply) => !["ended", "interrupted"].includes(reply.state);

/** The browser's own Opus ended: the page comes back with samples. */
function onOpusFailed(error) {
  if (plain) return;
  console.warn(`Opus cannot be used here: ${error.message}`);
  plain = true;
  connection?.again();
}

function entered(message) {
  microphone?.use(message.sends, onOpusFailed);
  loudspeaker?.use(message.hears, onOpusFailed);
  me = message.you;
  agents = new Map(message.agents.map((each) => [each.id, each.name]));
  current = message.agent;
  const last = message.entries.filter((each) => each.kind === "reply").at(-1);
  answer = last && goesOn(last) ? last : null;
  thinking = "";
  find("agent").replaceChildren(...message.agents.map((each) => make("option", { value: each.id }, each.name)));
  find("agent").value = current;
  find("sensitivity").value = message.level;
  find("empty").textContent = `You are in the room “${message.room}”. Say “${name()}, what can you do?”, or type it.`;
  showAll(message.entries);
  find("modes").disabled = press.disabled = !microphone;
  if (microphone && mode() === "open" && !muted) openMicrophone(true);
  showPress();
}

const name = () => agents.get(current) ?? current;

function showPeople(people) {
  showList(
    find("people"),
    people,
    (each) => each.id,
    (each) => make("li", {}, make("span", { className: "dot", "data-id": String(each.id) }), each.id === me ? `${each.name} (you)` : each.name),
  );
}

function showChip() {
  const [condition, text] = state();
  showState(find("state-dot"), find("state"), condition, text);
  find("stop").disabled = !answer && !thinking;
}

function state() {
  if (link === "connecting") return ["busy", "Connecting"];
  if (link === "lost") return ["broken", "Connection lost; trying again"];
  if (link !== "open") return ["", "Not in a room"];
  if (answer?.state === "held") return ["impaired", `${answer.who} pauses`];
  if (answer) return ["well busy", `${answer.who} is speaking`];
  if (speaking.has(me)) return ["well busy", "You are heard"];
  if (speaking.size) return ["well busy", "Someone speaks"];
  if (thinking) return ["busy", `${thinking} is thinking`];
  return ["well", microphone?.open ? "Listening" : "Ready"];
}

// -- speaking ---------------------------------------------------------------------------------------

const mode = () => document.querySelector("input[name=mode]:checked").value;
const press = find("press");

function onLevel(rms, reserve) {
  window.heard.push({ at: performance.now(), rms, reserve });
  if (window.heard.length > 600) window.heard.shift();
  document.body.dataset.sound = rms > AUDIBLE ? "on" : "off";
}

function showLevel(rms) {
  const share = rms > 0 ? Math.max(0, 1 + Math.log10(rms) / 2.5) : 0;
  find("level").firstElementChild.style.width = `${Math.round(100 * share)}%`;
}

function openMicrophone(open) {
  if (!microphone || microphone.open === open) return;
  if (open) microphone.open = true;
  else release();
  showPress();
  showChip();
}

function release() {
  const closed = microphone;
  showLevel(0);
  closed.close().then(() => {
    // Opened again meanwhile: the turn goes on.
    if (!closed.open) connection?.send({ type: "released" });
  });
}

function showPress() {
  const open = Boolean(microphone?.open);
  press.setAttribute("aria-pressed", String(open));
  let words = "No microphone";
  if (microphone && mode() === "push") words = open ? "Speak now" : "Hold to speak";
  else if (microphone) words = open ? "Microphone on" : "Microphone off";
  find("press-words").textContent = words;
  press.title = microphone && mode() === "push" ? "Hold it, or the space bar" : "";
}

document.querySelectorAll("input[name=mode]").forEach((each) =>
  each.addEventListener("change", () => {
    muted = false;
    openMicrophone(mode() === "open");
    showPress();
  }),
);

press.addEventListener("click", () => {
  if (mode() !== "open") return;
  muted = Boolean(microphone?.open);
  openMicrophone(!muted);
});
press.addEventListener("pointerdown", (event) => {
  if (mode() !== "push") return;
  press.setPointerCapture(event.pointerId);
  openMicrophone(true);
});
for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
  press.addEventListener(end, () => mode() === "push" && openMicrophone(false));
}
press.addEventListener("contextmenu", (event) => event.preventDefault());

// The space bar holds the button from anywhere but a field, and Enter and space on the button itself.
const holds = (event) => event.code === "Space" || (event.code === "Enter" && event.target === press);
const inField = (event) => event.target !== press && event.target.closest("input, select, button, summary, a, textarea");
addEventListener("keydown", (event) => {
  if (mode() !== "push" || !microphone || !holds(event) || inField(event)) return;
  event.preventDefault();
  if (!event.repeat) openMicrophone(true);
});
addEventListener("keyup", (event) => {
  if (mode() === "push" && holds(event) && !inField(event)) openMicrophone(false);
});
addEventListener("blur", () => mode() === "push" && openMicrophone(false));

// -- choices ------------------------------------------------------------------------------------------

find("agent").addEventListener("change", (event) => connection?.send({ type: "agent", agent: event.target.value }));
find("sensitivity").addEventListener("change", (event) => connection?.send({ type: "sensitivity", level: event.target.value }));
const setVolume = () => {
  if (loudspeaker) loudspeaker.volume = Number(find("volume").value) / 100;
};
find("volume").addEventListener("input", setVolume);
find("stop").addEventListener("click", () => connection?.send({ type: "stop" }));
find("type").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = find("typed");
  const text = field.value.trim();
  if (text) connection?.send({ type: "say", text });
  field.value = "";
});

// On a phone the choices are folded, and leave their place to the conversation.
const phone = matchMedia("(max-width: 44rem)");
const fold = () => {
  find("choices").open = !phone.matches;
};
phone.addEventListener("change", fold);
fold();
