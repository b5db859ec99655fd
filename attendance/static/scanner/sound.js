/** Short tones made by the browser itself, and vibration. Browsers stay silent until somebody touches the page. */

export class Sound {
  constructor() {
    const Context = globalThis.AudioContext ?? globalThis.webkitAudioContext;
    this.context = Context ? new Context() : null;
  }

  /** @returns {boolean} True while the browser waits for a touch. */
  get isWaiting() {
    return this.context?.state === "suspended";
  }

  /** To be called from a touch or a key. */
  async wake() {
    await this.context?.resume().catch(() => {});
  }

  /** @param {import("./verdicts.js").Manner} manner */
  play({ tones, vibration }) {
    navigator.vibrate?.([...vibration]);
    if (!this.context || this.isWaiting) return;
    let at = this.context.currentTime;
    for (const [frequency, length] of tones) {
      if (frequency > 0) this.tone(frequency, at, length);
      at += length;
    }
  }

  /**
   * @param {number} frequency
   * @param {number} at
   * @param {number} length
   */
  tone(frequency, at, length) {
    const oscillator = new OscillatorNode(this.context, { type: "triangle", frequency });
    const volume = new GainNode(this.context, { gain: 0 });
    // A ramp at both ends, because a tone that starts at once clicks.
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.4, at + 0.01);
    volume.gain.setValueAtTime(0.4, at + length - 0.03);
    volume.gain.linearRampToValueAtTime(0, at + length);
    oscillator.connect(volume).connect(this.context.destination);
    oscillator.start(at);
    oscillator.stop(at + length);
  }
}
