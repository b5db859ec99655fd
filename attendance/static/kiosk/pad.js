/** The pad on which somebody signs by finger, pen or mouse. Who cannot draw is stated by an agent instead. */
import { flatten, HEIGHT, WIDTH } from "./ink.js";

/** On the sheet of 1000 by 500. */
const LINE_WIDTH = 7;

/**
 * @param {{host: HTMLElement, words: Map<string, string>}} parts `host` is filled, and left as it is at the end.
 * @returns {Promise<string|null>} The drawing; null when the person does not sign.
 */
export function openPad({ host, words }) {
  const title = element("h2", words.get("pad.title"), { id: "pad-title", tabIndex: -1 });
  const hint = element("p", words.get("pad.hint"), { id: "pad-hint" });
  const canvas = element("canvas", "", { className: "pad" });
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-labelledby", "pad-title pad-hint");
  const said = element("p", "", { className: "said-by-server" });
  said.setAttribute("role", "status");
  const button = (key, className) => element("button", words.get(key), { type: "button", className });
  const [done, clear] = [button("pad.done", ""), button("pad.clear", "secondary")];
  const cancel = button("pad.cancel", "quiet");
  const row = element("div", "", { className: "row" });
  row.append(done, clear, cancel);
  host.replaceChildren(title, hint, canvas, said, row);
  title.focus();
  const sheet = new Sheet(canvas);

  return new Promise((resolve) => {
    const end = (drawing) => {
      sheet.close();
      resolve(drawing);
    };
    clear.addEventListener("click", () => {
      sheet.clear();
      said.textContent = "";
    });
    cancel.addEventListener("click", () => end(null));
    done.addEventListener("click", () => {
      const drawing = flatten(sheet.strokes);
      if (drawing) end(drawing);
      else said.textContent = words.get("pad.too_little");
    });
  });
}

/** The strokes, and a canvas that shows them at any size. */
class Sheet {
  constructor(canvas) {
    this.canvas = canvas;
    this.strokes = [];
    this.pointer = null;
    canvas.addEventListener("pointerdown", (event) => this.begin(event));
    canvas.addEventListener("pointermove", (event) => this.go(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => this.lift());
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(canvas);
  }

  close() {
    this.observer.disconnect();
  }

  clear() {
    this.strokes = [];
    this.draw();
  }

  /** One finger at a time: a palm that lies down meanwhile draws nothing. */
  begin(event) {
    if (this.pointer !== null || event.button !== 0) return;
    event.preventDefault();
    this.pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.strokes.push([this.at(event)]);
    this.draw();
  }

  go(event) {
    if (event.pointerId !== this.pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    this.strokes.at(-1).push(...(events.length > 0 ? events : [event]).map((one) => this.at(one)));
    this.draw();
  }

  lift() {
    this.pointer = null;
  }

  at({ clientX, clientY }) {
    const box = this.canvas.getBoundingClientRect();
    return [((clientX - box.left) / box.width) * WIDTH, ((clientY - box.top) / box.height) * HEIGHT];
  }

  draw() {
    const box = this.canvas.getBoundingClientRect();
    const scale = (box.width * devicePixelRatio) / WIDTH;
    this.canvas.width = Math.round(box.width * devicePixelRatio);
    this.canvas.height = Math.round(box.height * devicePixelRatio);
    const context = this.canvas.getContext("2d");
    Object.assign(context, { lineWidth: LINE_WIDTH, lineCap: "round", lineJoin: "round" });
    context.strokeStyle = getComputedStyle(this.canvas).color;
    context.scale(scale, scale);
    for (const stroke of this.strokes) {
      context.beginPath();
      context.moveTo(...stroke[0]);
      for (const point of stroke.length > 1 ? stroke : [...stroke, stroke[0]]) context.lineTo(...point);
      context.stroke();
    }
  }
}

function element(name, text, properties) {
  const made = document.createElement(name);
  made.textContent = text;
  return Object.assign(made, properties);
}
