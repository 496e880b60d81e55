// Plays the frames that the bot sends in real time. A short reserve hides the jitter of the network.

const RESERVE_S = 0.06;
const MOST_S = 1.0;
const REPORT_S = 0.1;

class Playback extends AudioWorkletProcessor {
  constructor() {
    super();
    this.ring = new Float32Array(Math.round(sampleRate * MOST_S * 2));
    this.read = 0;
    this.ready = 0;
    this.playing = false;
    this.energy = 0;
    this.counted = 0;
    this.port.onmessage = ({ data }) => this.add(data);
  }

  add(pcm) {
    for (const sample of pcm) {
      this.ring[(this.read + this.ready) % this.ring.length] = sample / 32768;
      this.ready++;
    }
    // More than a second has come in a burst: the oldest goes, or the answer would lag from now on.
    const extra = this.ready - sampleRate * MOST_S;
    if (extra > 0) {
      this.read = (this.read + extra) % this.ring.length;
      this.ready -= extra;
    }
  }

  process(_, [output]) {
    const channel = output[0];
    if (!this.playing && this.ready >= sampleRate * RESERVE_S) this.playing = true;
    for (let at = 0; at < channel.length; at++) {
      if (this.playing && this.ready > 0) {
        channel[at] = this.ring[this.read];
        this.read = (this.read + 1) % this.ring.length;
        this.ready--;
      } else {
        this.playing = false;
        channel[at] = 0;
      }
      this.energy += channel[at] * channel[at];
    }
    for (const other of output.slice(1)) other.set(channel);
    this.counted += channel.length;
    if (this.counted >= sampleRate * REPORT_S) {
      this.port.postMessage({ rms: Math.sqrt(this.energy / this.counted), reserve: this.ready / sampleRate });
      this.energy = 0;
      this.counted = 0;
    }
    return true;
  }
}

registerProcessor("playback", Playback);
