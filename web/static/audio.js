// The microphone and the loudspeaker of the talk page.

import { OpusReceiver, OpusSender, canReceive, canSend } from "./opus.js";

/** Whether the browser gives a page from this address a microphone at all. */
export const canSpeak = () => window.isSecureContext && Boolean(navigator.mediaDevices?.getUserMedia);
const canHear = () => window.isSecureContext && "audioWorklet" in AudioContext.prototype;

/** Gives its audio to `onAudio(bytes)` while it is open, and its level to `onLevel(rms)`, 50 times a second. */
export class Microphone {
  constructor(onAudio, onLevel) {
    this.onAudio = onAudio;
    this.onLevel = onLevel;
    this.open = false;
    this.rate = 48000;
    this.canOpus = false;
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
      if (this.open) this.take(data);
    };
    source.connect(this.node);
    this.canOpus = await canSend(this.rate);
    await this.context.resume();
  }

  take({ pcm, rms }) {
    this.onLevel(rms);
    if (this.sender) this.sender.send(pcm);
    else this.onAudio(pcm);
  }

  /** Sends Opus or samples from now on; `onFailed()` if the browser's encoder ends. */
  use(form, onFailed) {
    this.sender?.close();
    this.sender = form === "opus" ? new OpusSender(this.rate, this.onAudio, onFailed) : null;
  }

  /** Resolves when all that was said has been given to `onAudio`. */
  async close() {
    this.open = false;
    await this.sender?.flush();
  }

  stop() {
    this.open = false;
    this.sender?.close();
    this.stream?.getTracks().forEach((track) => track.stop());
    this.context?.close();
    this.context = null;
  }
}

/** Plays frames of 20 ms at 48 kHz; `onLevel(rms, reserve)` ten times a second. */
export class Loudspeaker {
  constructor(onLevel) {
    this.onLevel = onLevel;
    this.canOpus = false;
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
    this.canOpus = await canReceive();
    return true;
  }

  /** What `play` gets from now on: packets of Opus, or samples; `onFailed()` if the browser's decoder ends. */
  use(form, onFailed) {
    this.receiver?.close();
    this.receiver = form === "opus" ? new OpusReceiver((samples) => this.playSamples(samples), onFailed) : null;
  }

  play(buffer) {
    if (!this.node) return;
    if (this.receiver) this.receiver.receive(buffer);
    else this.playSamples(Float32Array.from(new Int16Array(buffer), (sample) => sample / 32768));
  }

  playSamples(samples) {
    this.node?.port.postMessage(samples, [samples.buffer]);
  }

  set volume(share) {
    if (this.gain) this.gain.gain.value = share * share;
  }

  stop() {
    this.receiver?.close();
    this.context?.close();
    this.context = this.node = this.gain = null;
  }
}
