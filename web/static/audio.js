// The microphone and the loudspeaker of the talk page.

/** Whether the browser gives a page from this address a microphone at all. */
export const canSpeak = () => window.isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia);
const canHear = () => window.isSecureContext && "audioWorklet" in AudioContext.prototype;

/** Sends blocks of 20 ms to `onBlock(pcm, rms)` while it is open. */
export class Microphone {
  constructor(onBlock) {
    this.onBlock = onBlock;
    this.open = false;
    this.rate = 48000;
  }

  /** Asks for the microphone. Rejects with what the browser says. */
  async start() {
    this.stream = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
    });
    // Its own context: some browsers take a microphone only at its own sample rate.
    this.context = new AudioContext();
    this.rate = this.context.sampleRate;
    await this.context.audioWorklet.addModule("/static/capture-worklet.js");
    const source = this.context.createMediaStreamSource(this.stream);
    this.node = new AudioWorkletNode(this.context, "capture", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
    this.node.port.onmessage = ({ data }) => {
      if (this.open) this.onBlock(data.pcm, data.rms);
    };
    source.connect(this.node);
    await this.context.resume();
  }

  stop() {
    this.open = false;
    this.stream?.getTracks().forEach((track) => track.stop());
    this.context?.close();
    this.context = null;
  }
}

/** Plays 48 kHz frames of 16 bits; `onLevel(rms, reserve)` ten times a second. */
export class Loudspeaker {
  constructor(onLevel) {
    this.onLevel = onLevel;
  }

  /** Call it in the handler of a click: browsers play nothing before one. */
  async start(rate) {
    if (!canHear()) return false;
    this.context = new AudioContext({ sampleRate: rate, latencyHint: "interactive" });
    await this.context.audioWorklet.addModule("/static/playback-worklet.js");
    this.node = new AudioWorkletNode(this.context, "playback", { numberOfInputs: 0, outputChannelCount: [1] });
    this.node.port.onmessage = ({ data }) => this.onLevel(data.rms, data.reserve);
    this.gain = this.context.createGain();
    this.node.connect(this.gain).connect(this.context.destination);
    await this.context.resume();
    return true;
  }

  play(buffer) {
    const pcm = new Int16Array(buffer);
    this.node?.port.postMessage(pcm, [buffer]);
  }

  set volume(share) {
    if (this.gain) this.gain.gain.value = share * share;
  }

  stop() {
    this.context?.close();
    this.context = this.node = this.gain = null;
  }
}
