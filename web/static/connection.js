// The connection to a room. It comes back by itself, unless the bot has sent the page away.

const REFUSED = 4000;
const ELSEWHERE = 4001;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;
const MOST_UNSENT = 200_000;

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
      this.waitMs = Math.min(2 * this.waitMs, LONGEST_WAIT_MS);
    };
    this.socket = socket;
  }

  send(message) {
    if (this.entered) this.socket.send(JSON.stringify(message));
  }

  /** Audio that the network does not take is dropped: late, it would only be wrong. */
  sendAudio(pcm) {
    if (this.entered && this.socket.bufferedAmount < MOST_UNSENT) this.socket.send(pcm);
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket.close(1000);
  }
}
