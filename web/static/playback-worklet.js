// Plays the frames that the bot sends in real time. A short reserve hides the jitter of the network;
// it grows where frames came too late, and shrinks again with every second without that.

const SHORTEST_RESERVE_S = 0.06;
const LONGEST_RESERVE_S = 0.24;
const GROWTH_S = 0.06;
const SHRINKAGE = 0.02;
// Frames that come within this time after the last one belong to the same answer.
const SAME_ANSWER_S = 0.3;
// Frames that wait so long for a full reserve are the end of an answer.
const LONGEST_WAIT_S = 0.3;
const MOST_S = 1.0;
const REPORT_S = 0.1;

class Playback extends AudioWorkletProcessor {
  constructor() {
    super();
    this.ring = new Float32Array(Math.round(sampleRate * MOST_S * 2));
    this.read = 0;
    this.ready = 0;
    this.playing = false;
    this.reserve = SHORTEST_RESERVE_S;
    this.ranOutAt = -1;
    this.waitingSince = 0;
    this.energy = 0;
    this.counted = 0;
    this.port.onmessage = ({ data }) => this.add(data);
  }

  add(samples) {
    if (!this.playing && this.ready === 0 && currentTime - this.ranOutAt < SAME_ANSWER_S) {
      this.reserve = Math.min(LONGEST_RESERVE_S, this.reserve + GROWTH_S);
      this.ranOutAt = -1;
    }
    if (this.ready === 0) this.waitingSince = currentTime;
    for (const sample of samples) {
      this.ring[(this.read + this.ready) % this.ring.length] = sample;
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
    if (!this.playing && this.ready > 0) {
      this.playing = this.ready >= sampleRate * this.reserve || currentTime - this.waitingSince > LONGEST_WAIT_S;
    }
    for (let at = 0; at < channel.length; at++) {
      if (this.playing && this.ready > 0) {
        channel[at] = this.ring[this.read];
        this.read = (this.read + 1) % this.ring.length;
        this.ready--;
      } else {
        if (this.playing) this.ranOutAt = currentTime;
        this.playing = false;
        channel[at] = 0;
      }
      this.energy += channel[at] * channel[at];
    }
    for (const other of output.slice(1)) other.set(channel);
    this.counted += channel.length;
    if (this.counted >= sampleRate * REPORT_S) {
      if (this.playing) this.reserve = Math.max(SHORTEST_RESERVE_S, this.reserve - SHRINKAGE * REPORT_S);
      this.port.postMessage({ rms: Math.sqrt(this.energy / this.counted), reserve: this.ready / sampleRate });
      this.energy = 0;
      this.counted = 0;
    }
    return true;
  }
}

registerProcessor("playback", Playback);
