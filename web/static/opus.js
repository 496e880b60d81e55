// Opus by the browser's own encoder and decoder (WebCodecs), where it has them: a 24th of the bytes of samples.

const RATE = 48000;
const FRAME_US = 20_000;
const BIT_RATE = 32_000;
// Frames that the encoder may owe; a machine that is slower than speech drops what is new.
const MOST_QUEUED = 50;

const encoding = (rate) => ({
  codec: "opus",
  sampleRate: rate,
  numberOfChannels: 1,
  bitrate: BIT_RATE,
  opus: { frameDuration: FRAME_US, application: "voip", signal: "voice" },
});
const DECODING = { codec: "opus", sampleRate: RATE, numberOfChannels: 1 };

async function supported(kind, config) {
  try {
    return kind in window && (await window[kind].isConfigSupported(config)).supported;
  } catch {
    return false;
  }
}

/** Whether the browser encodes Opus from a microphone of that rate. */
export const canSend = (rate) => supported("AudioEncoder", encoding(rate));
export const canReceive = () => supported("AudioDecoder", DECODING);

/** Samples to packets: `onPacket(bytes)` for each 20 ms, `onFailed(error)` once if the encoder ends. */
export class OpusSender {
  constructor(rate, onPacket, onFailed) {
    this.rate = rate;
    this.sent = 0;
    this.encoder = new AudioEncoder({
      output: (chunk) => {
        const packet = new Uint8Array(chunk.byteLength);
        chunk.copyTo(packet);
        onPacket(packet);
      },
      error: onFailed,
    });
    this.encoder.configure(encoding(rate));
  }

  /** Takes samples of 16 bits. */
  send(pcm) {
    if (this.encoder.state !== "configured" || this.encoder.encodeQueueSize > MOST_QUEUED) return;
    const timestamp = Math.round((this.sent * 1e6) / this.rate);
    const data = new AudioData({ format: "s16", sampleRate: this.rate, numberOfFrames: pcm.length, numberOfChannels: 1, timestamp, data: pcm });
    this.sent += pcm.length;
    this.encoder.encode(data);
    data.close();
  }

  async flush() {
    if (this.encoder.state === "configured") await this.encoder.flush().catch(() => {});
  }

  close() {
    if (this.encoder.state !== "closed") this.encoder.close();
  }
}

/** Packets to samples: `onSamples(Float32Array)` at 48 kHz, `onFailed(error)` once if the decoder ends. */
export class OpusReceiver {
  constructor(onSamples, onFailed) {
    this.received = 0;
    this.decoder = new AudioDecoder({
      output: (data) => {
        const samples = new Float32Array(data.numberOfFrames);
        data.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
        data.close();
        onSamples(samples);
      },
      error: onFailed,
    });
    this.decoder.configure(DECODING);
  }

  receive(packet) {
    if (this.decoder.state !== "configured") return;
    const timestamp = FRAME_US * this.received++;
    this.decoder.decode(new EncodedAudioChunk({ type: "key", timestamp, duration: FRAME_US, data: packet }));
  }

  close() {
    if (this.decoder.state !== "closed") this.decoder.close();
  }
}
