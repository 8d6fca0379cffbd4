// The classes in which /tiles/idleness shades a subject: how long a piece went unseen, in
// shares of the watch's revisit time. Colours and bounds are those of docs/protocol.md.

export interface IdleClass {
  readonly colour: string; // #rrggbbaa
  readonly from: number; // idle ÷ revisit time
  readonly to: number | null; // null: no bound
}

export const idleClasses: readonly IdleClass[] = [
  { colour: "#0072b250", from: 0, to: 0.25 },
  { colour: "#009e7360", from: 0.25, to: 0.5 },
  { colour: "#9ac23c70", from: 0.5, to: 0.75 },
  { colour: "#f0e44280", from: 0.75, to: 1 },
  { colour: "#e69f00a0", from: 1, to: 2 },
  { colour: "#d55e00b0", from: 2, to: 4 },
  { colour: "#992222c0", from: 4, to: null },
];

export const neverColour = "#cc79a7c0";

/** idleTiles is where the tiles of a watch are; atMs null asks for those of now. */
export function idleTiles(origin: string, watch: string, atMs: number | null): string {
  const at = atMs === null ? "" : `?at=${new Date(atMs).toISOString()}`;
  return `${origin}/tiles/idleness/${watch}/{z}/{x}/{y}.png${at}`;
}
