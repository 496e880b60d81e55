// The microphone as blocks of 20 ms, 16 bits, at the rate of its audio context.

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.block = new Int16Array(Math.round(sampleRate / 50));
    this.filled = 0;
    this.energy = 0;
  }

  process([input]) {
    const channel = input[0];
    if (!channel) return true;
    for (const sample of channel) {
      const limited = Math.max(-1, Math.min(1, sample));
      this.energy += limited * limited;
      this.block[this.filled++] = limited < 0 ? limited * 32768 : limited * 32767;
      if (this.filled === this.block.length) this.send();
    }
    return true;
  }

  send() {
    const pcm = this.block.slice();
    this.port.postMessage({ pcm, rms: Math.sqrt(this.energy / pcm.length) }, [pcm.buffer]);
    this.filled = 0;
    this.energy = 0;
  }
}

registerProcessor("capture", Capture);
