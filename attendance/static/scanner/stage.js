/** The camera's panel: it opens and opens again, says what is wrong, and what the page is doing. */
import { normalise } from "./badge.js";
import { Camera, keepAwake, NoCamera, RepeatGuard } from "./camera.js";

const byId = (id) => document.getElementById(id);

export class Stage {
  /**
   * @param {object} parts
   * @param {Map<string, string>} parts.words
   * @param {string} parts.wasmUrl
   * @param {import("./sound.js").Sound} parts.sound
   * @param {() => boolean} parts.isBusy While it is, the next badge waits in front of the camera.
   * @param {(candidates: string[]) => void} parts.onScan
   */
  constructor({ words, wasmUrl, sound, isBusy, onScan }) {
    Object.assign(this, { words, sound, isBusy, onScan });
    this.panel = byId("stage");
    this.guard = new RepeatGuard();
    this.camera = new Camera(byId("video"), { wasmUrl, onCode: (text) => this.look(text) });
  }

  /** Opens the camera, and listens for what opens it again. */
  begin() {
    this.panel.hidden = false;
    this.showSound();
    byId("camera-retry").addEventListener("click", () => this.open());
    for (const touch of ["pointerdown", "keydown"]) {
      document.addEventListener(touch, () => this.sound.wake().then(() => this.showSound()), { passive: true });
    }
    document.addEventListener("visibilitychange", () => {
      // Phones take the camera and the wake lock away from a page that is out of sight.
      if (document.hidden || this.panel.dataset.camera !== "on") return;
      if (this.camera.isOpen) keepAwake();
      else this.open();
    });
    return this.open();
  }

  /** Another door or kind is another question: a badge still in sight may answer it. */
  forget() {
    this.guard.forget();
  }

  /**
   * @param {boolean} isBusy
   * @param {string} [text]
   */
  hint(isBusy, text) {
    this.panel.toggleAttribute("data-sending", isBusy);
    byId("hint").textContent = text ?? this.words.get(isBusy ? "sending" : "aim");
  }

  /**
   * @param {"online"|"offline"} state
   * @param {string} text
   */
  showNetwork(state, text) {
    const network = byId("network");
    if (network.textContent === text && network.dataset.state === state) return;
    network.dataset.state = state;
    network.textContent = text;
  }

  /** @private */
  look(text) {
    const code = normalise(text);
    const at = performance.now();
    if (this.guard.isStillThere(code, at) || this.isBusy()) return;
    this.guard.note(code, at);
    this.onScan([code]);
  }

  /** @private */
  async open() {
    byId("camera-retry").hidden = true;
    byId("camera-said").textContent = this.words.get("camera_opening");
    try {
      await this.camera.open();
      this.panel.dataset.camera = "on";
      byId("camera-message").hidden = true;
      keepAwake();
    } catch (error) {
      if (!(error instanceof NoCamera)) throw error;
      this.panel.dataset.camera = "off";
      byId("camera-message").hidden = false;
      byId("camera-said").textContent = this.words.get(error.message);
      byId("camera-retry").hidden = false;
    }
  }

  /** @private */
  showSound() {
    byId("sound").hidden = !this.sound.isWaiting;
  }
}
