/** Arcs and curves as numbers; no element is touched here. Angles in degrees, 0 at the top, clockwise. */

/** @typedef {{ x: number, y: number }} Point */
/** A cubic Bézier curve: where it starts, its two handles, where it ends. @typedef {[Point, Point, Point, Point]} Curve */

/**
 * Return a point on a circle.
 * @param {Point} centre
 * @param {number} radius
 * @param {number} degrees
 * @returns {Point}
 */
export function onCircle(centre, radius, degrees) {
  const radians = (degrees * Math.PI) / 180;
  return { x: centre.x + radius * Math.sin(radians), y: centre.y - radius * Math.cos(radians) };
}

/**
 * Return the SVG path of an arc.
 * @param {Point} centre
 * @param {number} radius
 * @param {number} start
 * @param {number} sweep clockwise, less than 360
 * @returns {string}
 */
export function arc(centre, radius, start, sweep) {
  const from = onCircle(centre, radius, start);
  const to = onCircle(centre, radius, start + sweep);
  return `M${text(from)}A${radius} ${radius} 0 ${sweep > 180 ? 1 : 0} 1 ${text(to)}`;
}

/**
 * Return a curve between two points that leaves and arrives horizontally.
 * @param {Point} from
 * @param {Point} to
 * @returns {Curve}
 */
export function horizontalCurve(from, to) {
  const middle = (from.x + to.x) / 2;
  return [from, { x: middle, y: from.y }, { x: middle, y: to.y }, to];
}

/**
 * Return a curve between two points that leaves and arrives vertically.
 * @param {Point} from
 * @param {Point} to
 * @returns {Curve}
 */
export function verticalCurve(from, to) {
  const middle = (from.y + to.y) / 2;
  return [from, { x: from.x, y: middle }, { x: to.x, y: middle }, to];
}

/**
 * Return the SVG path of a curve.
 * @param {Curve} curve
 * @returns {string}
 */
export function path(curve) {
  const [from, first, second, to] = curve;
  return `M${text(from)}C${text(first)} ${text(second)} ${text(to)}`;
}

/**
 * Return points along a curve whose distances are all alike, ends included.
 *
 * A dot that moves from one to the next in equal times runs evenly; equal steps of the parameter would let it
 * hurry where the curve is straight.
 * @param {Curve} curve
 * @param {number} distance about, between two points
 * @returns {Point[]}
 */
export function evenly(curve, distance) {
  const fine = Array.from({ length: FINE + 1 }, (_, index) => at(curve, index / FINE));
  const lengths = [0];
  for (let index = 1; index <= FINE; index++) {
    const step = Math.hypot(fine[index].x - fine[index - 1].x, fine[index].y - fine[index - 1].y);
    lengths.push(lengths[index - 1] + step);
  }
  const whole = lengths[FINE];
  const count = Math.max(1, Math.round(whole / distance));
  const points = [fine[0]];
  let index = 0;
  for (let number = 1; number < count; number++) {
    const wanted = (whole * number) / count;
    while (lengths[index + 1] < wanted) index++;
    const share = (wanted - lengths[index]) / (lengths[index + 1] - lengths[index]);
    points.push(between(fine[index], fine[index + 1], share));
  }
  points.push(fine[FINE]);
  return points;
}

/**
 * Return how long a way over points is.
 * @param {Point[]} points
 * @returns {number}
 */
export function lengthOf(points) {
  return points.slice(1).reduce((sum, one, index) => sum + Math.hypot(one.x - points[index].x, one.y - points[index].y), 0);
}

const FINE = 64; // pieces of a curve; more would move a dot by less than a tenth of a pixel

/**
 * @param {Curve} curve
 * @param {number} share 0 to 1
 * @returns {Point}
 */
function at([from, first, second, to], share) {
  const rest = 1 - share;
  const weights = [rest ** 3, 3 * rest ** 2 * share, 3 * rest * share ** 2, share ** 3];
  const points = [from, first, second, to];
  return {
    x: points.reduce((sum, one, index) => sum + weights[index] * one.x, 0),
    y: points.reduce((sum, one, index) => sum + weights[index] * one.y, 0),
  };
}

/**
 * @param {Point} from
 * @param {Point} to
 * @param {number} share 0 to 1
 * @returns {Point}
 */
function between(from, to, share) {
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

/**
 * @param {Point} point
 * @returns {string}
 */
function text({ x, y }) {
  return `${Math.round(x * 100) / 100} ${Math.round(y * 100) / 100}`;
}
