/** The camera: opened once, kept open, looked at several times a second. */

const BETWEEN_LOOKS = 120;
const WANTED = { audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } } };

/** Remembers what lies in front of the camera, so that a badge held there counts once. */
export class RepeatGuard {
  /** @param {number} absence A code is new again when it has been out of sight for this many milliseconds. */
  constructor(absence = 3000) {
    this.absence = absence;
    this.lastSeen = new Map();
  }

  /**
   * @param {string} text
   * @param {number} at In milliseconds.
   * @returns {boolean} True while a code that was noted stays in sight.
   */
  isStillThere(text, at) {
    for (const [known, seenAt] of this.lastSeen) {
      if (at - seenAt >= this.absence) this.lastSeen.delete(known);
    }
    const isThere = this.lastSeen.has(text);
    if (isThere) this.lastSeen.set(text, at);
    return isThere;
  }

  /**
   * @param {string} text
   * @param {number} at
   */
  note(text, at) {
    this.lastSeen.set(text, at);
  }

  forget() {
    this.lastSeen.clear();
  }
}

/**
 * The browser's own reader where it knows QR codes, else the one in WebAssembly that is served with the page.
 * @param {string} wasmUrl
 * @param {{allowNative?: boolean}} [options]
 * @returns {Promise<{detect(source: HTMLVideoElement): Promise<{rawValue: string}[]>}|null>} Null when there is neither.
 */
export async function chooseReader(wasmUrl, { allowNative = true } = {}) {
  const native = globalThis.BarcodeDetector;
  if (allowNative && (await native?.getSupportedFormats?.().catch(() => []))?.includes("qr_code")) {
    return new native({ formats: ["qr_code"] });
  }
  const served = globalThis.BarcodeDetectionAPI;
  if (!served) return null;
  served.prepareZXingModule({ overrides: { locateFile: () => wasmUrl } });
  return new served.BarcodeDetector({ formats: ["qr_code"] });
}

/** Why the camera does not work: a key of the page's words. */
export class NoCamera extends Error {}

const REASONS = new Map([
  ["NotAllowedError", "camera_denied"],
  ["SecurityError", "camera_denied"],
  ["NotReadableError", "camera_busy"],
  ["AbortError", "camera_busy"],
]);

/** Shows the camera in a video element and tells each code that it reads. */
export class Camera {
  /**
   * @param {HTMLVideoElement} video
   * @param {{wasmUrl: string, onCode: (text: string) => void}} options
   */
  constructor(video, { wasmUrl, onCode }) {
    this.video = video;
    this.wasmUrl = wasmUrl;
    this.onCode = onCode;
    this.stream = null;
  }

  /** @returns {boolean} */
  get isOpen() {
    return Boolean(this.stream?.getVideoTracks().some((track) => track.readyState === "live"));
  }

  /** @throws {NoCamera} Its message is a key of the page's words. */
  async open() {
    if (!navigator.mediaDevices?.getUserMedia) throw new NoCamera(isSecureContext ? "camera_none" : "camera_insecure");
    this.reader = await chooseReader(this.wasmUrl);
    if (!this.reader) throw new NoCamera("camera_no_reader");
    try {
      this.stream = await navigator.mediaDevices.getUserMedia(WANTED);
      this.video.srcObject = this.stream;
      await this.video.play();
    } catch (error) {
      throw new NoCamera(REASONS.get(error.name) ?? "camera_none");
    }
    this.look(this.stream);
  }

  /**
   * Looks until this stream ends; opening the camera again starts another loop with another stream.
   * @param {MediaStream} stream
   */
  async look(stream) {
    while (this.stream === stream && this.isOpen) {
      if (!document.hidden && this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) await this.lookOnce();
      await new Promise((resume) => setTimeout(resume, BETWEEN_LOOKS));
    }
  }

  async lookOnce() {
    try {
      for (const { rawValue } of await this.reader.detect(this.video)) this.onCode(rawValue);
    } catch (error) {
      // Some browsers announce a reader and have none: the served one takes over. One bad frame is no reason to stop.
      if (this.reader instanceof (globalThis.BarcodeDetector ?? Never)) {
        this.reader = (await chooseReader(this.wasmUrl, { allowNative: false })) ?? this.reader;
      }
      console.warn("the frame could not be read", error);
    }
  }
}

class Never {}

/** Keeps the screen from going dark while people queue, where the browser can. */
export async function keepAwake() {
  await navigator.wakeLock?.request("screen").catch(() => {});
}
