import { type Gap, parseGap } from "./gap";

// Gaps for tests, as docs/protocol.md words them.

const common = {
  watch: "w",
  watch_name: "watch",
  since: "1970-01-01T00:00:00.000Z",
  cause: "never",
  label: [0.5, 0.5],
};

const shapes = {
  ground: {
    geometry: {
      type: "Polygon",
      coordinates: [
        [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 0],
        ],
      ],
    },
    properties: { size_m2: 1607 },
  },
  perimeter: {
    geometry: {
      type: "LineString",
      coordinates: [
        [0, 0],
        [1, 1],
      ],
    },
    properties: { size_m: 214, part: 0, ring: 0, from_m: 412, to_m: 626 },
  },
  post: {
    geometry: { type: "Point", coordinates: [0.5, 0.5] },
    properties: { short_by: 1, present: 1, min_staff: 2, cause: "understaffed" },
  },
} as const;

/** gapOf parses a gap of a kind; more stands over its properties. */
export function gapOf(kind: keyof typeof shapes, id = "g", more: Record<string, unknown> = {}): Gap {
  const { geometry, properties } = shapes[kind];
  return parseGap({ type: "Feature", id, geometry, properties: { ...common, kind, ...properties, ...more } });
}
