import assert from "node:assert/strict";
import { test } from "node:test";

import { flatten, HEIGHT, resample, WIDTH } from "../../attendance/static/kiosk/ink.js";

const CORNERS = [[100, 100], [300, 100], [300, 300], [500, 180]];

/** The same path, with as many points between its corners as a hand of this slowness leaves, unevenly. */
function drawn(corners, slowness) {
  const points = [corners[0]];
  for (const [number, [x, y]] of corners.slice(1).entries()) {
    const [fromX, fromY] = corners[number];
    for (let step = 1; step <= slowness; step += 1) {
      const part = (step / slowness) ** 2;
      points.push([fromX + (x - fromX) * part, fromY + (y - fromY) * part]);
    }
  }
  return points;
}

test("the same path drawn slowly or fast gives the same text", () => {
  const texts = [1, 2, 7, 40, 300].map((slowness) => flatten([drawn(CORNERS, slowness)]));
  assert.deepEqual([...new Set(texts)], [texts[0]]);
  assert.notEqual(texts[0], null);
});

/** Numbers from 0 to 1, the same at each run; thirds of powers of two, for which no sum is exact. */
function dice(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / (3 * 2 ** 31) % 1;
  };
}

/** The same path by a hand that hurries, hesitates and stands still: any number of points, some of them again. */
function hesitating(corners, roll) {
  const points = [corners[0]];
  for (const [number, [x, y]] of corners.slice(1).entries()) {
    const [fromX, fromY] = corners[number];
    const parts = Array.from({ length: Math.floor(roll() * 30) }, roll).sort((one, other) => one - other);
    for (const part of [...parts, 1]) {
      const point = [fromX + (x - fromX) * part, fromY + (y - fromY) * part];
      points.push(...Array.from({ length: 1 + Math.floor(roll() * 3) }, () => point));
    }
  }
  return points;
}

function anyPath(roll) {
  return Array.from({ length: 2 + Math.floor(roll() * 8) }, () => [roll() * WIDTH, roll() * HEIGHT]);
}

/** Right angles on halves: there every point lies on the edge between two whole numbers. */
function rightAngles(roll) {
  const half = (most) => Math.floor(roll() * most * 2) / 2;
  let [x, y] = [half(WIDTH), half(HEIGHT)];
  return Array.from({ length: 7 }, (_, corner) => {
    if (corner % 2) x = half(WIDTH);
    else y = half(HEIGHT);
    return [x, y];
  });
}

test("whatever the path and the pace, nothing is kept of the pace", () => {
  const roll = dice(20260413);
  for (let run = 0; run < 2000; run += 1) {
    const strokes = Array.from({ length: 1 + Math.floor(roll() * 2) }, () => (run % 2 ? anyPath : rightAngles)(roll));
    const text = flatten(strokes);
    assert.equal(flatten(strokes.map((stroke) => hesitating(stroke, roll))), text, `run ${run}`);
  }
});

test("another path gives another text", () => {
  assert.notEqual(flatten([drawn(CORNERS, 5)]), flatten([drawn([...CORNERS].reverse(), 5)]));
});

test("points lie at equal distances along the stroke", () => {
  const points = resample([[0, 0], [30, 0]], 10);
  assert.deepEqual(points, [[0, 0], [10, 0], [20, 0], [30, 0]]);
});

test("the text is what the server reads: whole numbers on the sheet, moves and lines", () => {
  const text = flatten([drawn(CORNERS, 9), [[-50, -50], [1200, 700]], [[20, 20]]]);
  assert.match(text, /^(?:M\d{1,4} \d{1,3}(?:L\d{1,4} \d{1,3})*)+$/);
  for (const [, x, y] of text.matchAll(/(\d+) (\d+)/g)) assert.ok(Number(x) <= WIDTH && Number(y) <= HEIGHT);
});

test("a touch by mistake is no drawing", () => {
  for (const strokes of [[], [[[500, 200]]], [[[500, 200], [540, 215]]], [drawn([[0, 0], [900, 5]], 9)]]) {
    assert.equal(flatten(strokes), null);
  }
});

test("a drawing that covers everything still fits, with fewer points", () => {
  const scribble = Array.from({ length: 60 }, (_, line) => [[0, line * 8], [1000, line * 8 + 4]]).flat();
  const text = flatten([scribble]);
  assert.ok(text.length <= 20_000 && text.length > 5000, String(text.length));
});
