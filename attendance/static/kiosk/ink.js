/** A drawing as it is kept: where the ink lies, and nothing of how it came there. Pure. */

export const WIDTH = 1000;
export const HEIGHT = 500;
const STEP = 8;
/** What sums are off by: without it, a point on an edge would tell how many sums have led to it. */
const NOISE = 1e-6;
const LONGEST = 20_000;
const FEWEST_POINTS = 8;
const LEAST_WIDTH = 60;
const LEAST_HEIGHT = 20;

/** @typedef {[number, number]} Point On a sheet of 1000 by 500. */

/**
 * Points at equal distances along the stroke: how many there are, and where, says nothing of how fast it was drawn.
 * @param {Point[]} stroke
 * @param {number} step
 * @returns {Point[]}
 */
export function resample(stroke, step) {
  const [first] = stroke;
  const points = [first];
  let along = 0;
  let last = first;
  for (const next of stroke.slice(1)) {
    let length = Math.hypot(next[0] - last[0], next[1] - last[1]);
    while (along + length >= step - NOISE) {
      const part = (step - along) / length;
      last = [last[0] + (next[0] - last[0]) * part, last[1] + (next[1] - last[1]) * part];
      points.push(last);
      length -= step - along;
      along = 0;
    }
    along += length;
    last = next;
  }
  return points;
}

/**
 * @param {Point[][]} strokes
 * @returns {string|null} `M12 30L14 32…`, whole numbers; null when there is hardly anything.
 */
export function flatten(strokes) {
  for (let step = STEP; ; step *= 2) {
    const drawn = strokes.filter(({ length }) => length > 0).map((stroke) => resample(stroke, step).map(whole));
    const points = drawn.flat();
    if (!isInk(points)) return null;
    const text = drawn.map((stroke) => `M${stroke.map((point) => point.join(" ")).join("L")}`).join("");
    if (text.length <= LONGEST) return text;
  }
}

/** @param {Point} point @returns {Point} */
function whole([x, y]) {
  return [within(x, WIDTH), within(y, HEIGHT)];
}

function within(value, most) {
  return Math.min(most, Math.max(0, Math.round(value + NOISE)));
}

function isInk(points) {
  const extent = (axis) => {
    const values = points.map((point) => point[axis]);
    return Math.max(...values) - Math.min(...values);
  };
  return points.length >= FEWEST_POINTS && extent(0) >= LEAST_WIDTH && extent(1) >= LEAST_HEIGHT;
}
