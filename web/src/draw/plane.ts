// Plane geometry on longitudes and latitudes, as the server judges polygons, and metres
// where people read them. The server's predicates are exact and have the last word.

/** Vertex is lon, lat in degrees. */
export type Vertex = readonly [number, number];
/** Ring is closed without repeating its first vertex. */
export type Ring = readonly Vertex[];
/** Edge is a straight piece between two vertices. */
export type Edge = readonly [Vertex, Vertex];

export function edgesOf(ring: Ring): Edge[] {
  return ring.map((v, i) => [v, ring[(i + 1) % ring.length] ?? v]);
}

export function same(a: Vertex, b: Vertex): boolean {
  return a[0] === b[0] && a[1] === b[1];
}

/** meeting returns a point that two edges share, null when they share none. Edges that
 * only have an end in common share nothing that counts, unless they lie on each other. */
export function meeting([a, b]: Edge, [c, d]: Edge): Vertex | null {
  const shared = same(a, c) || same(a, d) ? a : same(b, c) || same(b, d) ? b : null;
  if (shared !== null) {
    const p = same(shared, a) ? b : a;
    const q = same(shared, c) ? d : c;
    const folded = turn(shared, p, q) === 0 && along(shared, p, q) > 0;
    return folded ? (along(shared, p, q) > along(shared, p, p) ? p : q) : null;
  }
  const [t1, t2] = [turn(a, b, c), turn(a, b, d)];
  const [t3, t4] = [turn(c, d, a), turn(c, d, b)];
  if (t1 * t2 < 0 && t3 * t4 < 0) {
    const share = t1 / (t1 - t2);
    return [c[0] + share * (d[0] - c[0]), c[1] + share * (d[1] - c[1])];
  }
  if (t1 === 0 && between(a, b, c)) return c;
  if (t2 === 0 && between(a, b, d)) return d;
  if (t3 === 0 && between(c, d, a)) return a;
  if (t4 === 0 && between(c, d, b)) return b;
  return null;
}

/** inside reports whether p lies within a ring; on its outline either may be answered. */
export function inside(p: Vertex, ring: Ring): boolean {
  let within = false;
  for (const [a, b] of edgesOf(ring)) {
    if (a[1] > p[1] !== b[1] > p[1] && p[0] < a[0] + ((p[1] - a[1]) / (b[1] - a[1])) * (b[0] - a[0]))
      within = !within;
  }
  return within;
}

/** areaM2 returns the area of a ring: the shoelace formula in metres of the WGS84
 * ellipsoid at the ring's middle; off by less than 0.1 % up to 20 km across. */
export function areaM2(ring: Ring): number {
  const [first] = ring;
  if (first === undefined) return 0;
  const scale = scaleAt(ring);
  let twice = 0;
  for (const [a, b] of edgesOf(ring)) {
    twice += (a[0] - first[0]) * (b[1] - first[1]) - (b[0] - first[0]) * (a[1] - first[1]);
  }
  return (Math.abs(twice) / 2) * scale[0] * scale[1];
}

/** lengthM returns the length of a ring's outline in metres, or of the line it is while
 * it is open. */
export function lengthM(ring: Ring, open = false): number {
  const scale = scaleAt(ring);
  const edges = open ? edgesOf(ring).slice(0, -1) : edgesOf(ring);
  return edges.reduce(
    (sum, [a, b]) => sum + Math.hypot((b[0] - a[0]) * scale[0], (b[1] - a[1]) * scale[1]),
    0,
  );
}

// Metres per degree of longitude and of latitude at a ring's middle: the ellipsoid's
// radii of curvature (Bomford, Geodesy, 1980).
function scaleAt(ring: Ring): [number, number] {
  const lats = ring.map((v) => v[1]);
  const middle = ((Math.min(...lats) + Math.max(...lats)) / 2) * (Math.PI / 180);
  const [a, e2] = [6_378_137, 0.00669437999014];
  const w2 = 1 - e2 * Math.sin(middle) ** 2;
  const degree = Math.PI / 180;
  return [((a * Math.cos(middle)) / Math.sqrt(w2)) * degree, ((a * (1 - e2)) / w2 ** 1.5) * degree];
}

// Twice the signed area of a triangle: on which side of a→b c lies.
function turn(a: Vertex, b: Vertex, c: Vertex): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}

function along(from: Vertex, p: Vertex, q: Vertex): number {
  return (p[0] - from[0]) * (q[0] - from[0]) + (p[1] - from[1]) * (q[1] - from[1]);
}

function between(a: Vertex, b: Vertex, p: Vertex): boolean {
  return (
    Math.min(a[0], b[0]) <= p[0] &&
    p[0] <= Math.max(a[0], b[0]) &&
    Math.min(a[1], b[1]) <= p[1] &&
    p[1] <= Math.max(a[1], b[1])
  );
}
