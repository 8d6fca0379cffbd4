import type { Freshness } from "../freshness";
import type { PostState } from "../post";
import type { TrackerKind } from "../tracker";
import { ink } from "./ink";

// Symbols are drawn at run time: shape tells the kind, the ring tells the freshness.
// Units are CSS pixels around the middle.

const side = 34;
export const pixelRatio = 2;

const ring: Readonly<Record<Freshness, { colour: string; dash: number[]; body: string | null }>> = {
  fresh: { colour: ink.fresh, dash: [], body: ink.text },
  late: { colour: ink.late, dash: [5, 3], body: "#c9b892" },
  silent: { colour: ink.silent, dash: [1.6, 3.2], body: null },
};

/** trackerSymbol draws a tracker: disc = person, rounded square = vehicle, diamond with
 * rotors = drone; ring whole = fresh, dashed amber = late, dotted around hollow = silent. */
export function trackerSymbol(kind: TrackerKind, freshness: Freshness): ImageData {
  return drawnImage((c) => {
    const { colour, dash, body } = ring[freshness];
    if (kind === "drone") rotors(c, body ?? ink.mute);
    c.beginPath();
    outline(c, kind, kind === "drone" ? 8.6 : 9);
    c.fillStyle = ink.map;
    c.fill();
    c.setLineDash(dash);
    c.lineCap = freshness === "silent" ? "round" : "butt";
    c.lineWidth = 2.2;
    c.strokeStyle = colour;
    c.stroke();
    c.setLineDash([]);
    c.beginPath();
    outline(c, kind, 5.4);
    if (body === null) {
      c.lineWidth = 1.4;
      c.strokeStyle = "#8fa1b3";
      c.stroke();
    } else {
      c.fillStyle = kind === "drone" && freshness === "fresh" ? ink.action : body;
      c.fill();
    }
  });
}

/** headingNotch points north; the map turns it to where the tracker goes. */
export function headingNotch(freshness: Exclude<Freshness, "silent">): ImageData {
  return drawnImage((c) => {
    c.beginPath();
    c.moveTo(0, -15.6);
    c.lineTo(4.8, -9.8);
    c.lineTo(-4.8, -9.8);
    c.closePath();
    c.fillStyle = ring[freshness].body ?? ink.text;
    c.strokeStyle = ink.map;
    c.lineWidth = 1;
    c.stroke();
    c.fill();
  });
}

const shields: Readonly<Record<PostState, { edge: string; fill: string; width: number; dash: number[] }>> = {
  idle: { edge: "#8fb7d6", fill: "#15222b", width: 1.8, dash: [] },
  staffed: { edge: ink.fresh, fill: "#12251f", width: 1.8, dash: [] },
  lapsing: { edge: ink.late, fill: "#2a2110", width: 2.2, dash: [3.4, 2.2] },
  short: { edge: "#ffd98a", fill: ink.late, width: 2.6, dash: [] },
};

/** shield is a checkpoint: whole and green = staffed, dashed amber = about to lapse,
 * filled amber with its top broken off = too few people, plain = nobody is required. */
export function shield(state: PostState): ImageData {
  const { edge, fill, width, dash } = shields[state];
  return drawnImage((c) => {
    c.beginPath();
    if (state === "short") {
      c.moveTo(-10, -8.5);
      c.lineTo(-4.5, -12);
      c.lineTo(0, -7.5);
      c.lineTo(4.5, -12);
    } else {
      c.moveTo(0, -12);
    }
    c.lineTo(10, -8.5);
    c.lineTo(10, 0);
    c.bezierCurveTo(10, 6, 5.5, 10, 0, 12.5);
    c.bezierCurveTo(-5.5, 10, -10, 6, -10, 0);
    c.lineTo(-10, -8.5);
    c.closePath();
    c.fillStyle = fill;
    c.fill();
    c.setLineDash(dash);
    c.lineWidth = width;
    c.strokeStyle = edge;
    c.stroke();
  });
}

function outline(c: OffscreenCanvasRenderingContext2D, kind: TrackerKind, r: number): void {
  switch (kind) {
    case "person":
      c.arc(0, 0, r, 0, 2 * Math.PI);
      return;
    case "vehicle":
      c.roundRect(-r * 0.94, -r * 0.94, r * 1.88, r * 1.88, r * 0.34);
      return;
    case "drone": {
      const d = r * 1.16;
      c.moveTo(0, -d);
      c.lineTo(d, 0);
      c.lineTo(0, d);
      c.lineTo(-d, 0);
      c.closePath();
    }
  }
}

function rotors(c: OffscreenCanvasRenderingContext2D, colour: string): void {
  c.strokeStyle = colour;
  c.lineWidth = 1.6;
  for (const [x, y] of [
    [-9.5, -9.5],
    [9.5, -9.5],
    [9.5, 9.5],
    [-9.5, 9.5],
  ] as const) {
    c.beginPath();
    c.moveTo(x * 0.4, y * 0.4);
    c.lineTo(x * 0.8, y * 0.8);
    c.moveTo(x + 3.4, y);
    c.arc(x, y, 3.4, 0, 2 * Math.PI);
    c.stroke();
  }
}

function drawnImage(draw: (c: OffscreenCanvasRenderingContext2D) => void): ImageData {
  const canvas = new OffscreenCanvas(side * pixelRatio, side * pixelRatio);
  const c = canvas.getContext("2d");
  if (c === null) throw new Error("this browser draws no 2D images");
  c.scale(pixelRatio, pixelRatio);
  c.translate(side / 2, side / 2);
  draw(c);
  return c.getImageData(0, 0, canvas.width, canvas.height);
}
