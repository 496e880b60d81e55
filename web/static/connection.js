// The connection to a room. It comes back by itself, unless the bot has sent the page away.

const REFUSED = 4000;
const ELSEWHERE = 4001;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;
// Bytes of some two seconds.
const MOST_UNSENT = { pcm: 200_000, opus: 8_000 };

export class Connection {
  /** `handlers`: onMessage(message), onAudio(buffer), onState("connecting" | "open" | "lost" | "refused", why). */
  constructor(enter, handlers) {
    this.enter = enter;
    this.handlers = handlers;
    this.waitMs = FIRST_WAIT_MS;
    this.closed = false;
    this.connect();
  }

  connect() {
    this.handlers.onState("connecting", "");
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/talk/socket`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket.send(JSON.stringify({ type: "enter", ...this.enter() }));
    socket.onmessage = ({ data }) => {
      if (typeof data !== "string") {
        this.handlers.onAudio(data);
        return;
      }
      const message = JSON.parse(data);
      if (message.type === "entered") {
        this.waitMs = FIRST_WAIT_MS;
        this.mostUnsent = MOST_UNSENT[message.sends];
        this.entered = true;
        this.handlers.onState("open", "");
      }
      this.handlers.onMessage(message);
    };
    socket.onclose = ({ code, reason }) => {
      this.entered = false;
      if (this.closed) return;
      if (code === REFUSED || code === ELSEWHERE) {
        this.closed = true;
        this.handlers.onState("refused", reason);
        return;
      }
      this.handlers.onState("lost", reason);
      this.timer = setTimeout(() => this.connect(), this.waitMs);
      this.waitMs = Math.min(Math.max(2 * this.waitMs, FIRST_WAIT_MS), LONGEST_WAIT_MS);
    };
    this.socket = socket;
  }

  send(message) {
    if (this.entered) this.socket.send(JSON.stringify(message));
  }

  /** Audio that the network does not take is dropped: late, it would only be wrong. */
  sendAudio(bytes) {
    if (this.entered && this.socket.bufferedAmount < this.mostUnsent) this.socket.send(bytes);
  }

  /** Connect again at once, as what `enter` returns has changed. */
  again() {
    this.waitMs = 0;
    this.socket.close(1000);
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket.close(1000);
  }
}
