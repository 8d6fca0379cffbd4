import { hatchTile } from "./hatch";
import { boldFont, label } from "./ink";
import { drawn } from "./layer";
import { streetWidth } from "./streets";

// The phone's layers, for a light ground under an open sky. Each has a source of the
// same name as the console's layer, and reads the same properties.

export const day = {
  ground: "#e7ecef",
  block: "#dfe6ea",
  building: "#cfd8df",
  street: "#ffffff",
  boundary: "#8497a6",
  text: "#101820",
  soft: "#51606e",
  gap: "#a83279",
  me: "#0b6fa8",
  walked: "#00775a",
} as const;

const halo = { "text-halo-color": "#ffffff", "text-halo-width": 2 } as const;

/** gapTile is a gap's crosshatch by daylight. */
function gapTile() {
  return hatchTile({
    colour: day.gap,
    pattern: "cross",
    size: 20,
    stroke: 3,
    groundAlpha: 0.12,
    strokeAlpha: 0.6,
  });
}

export const daylight = {
  areas: drawn({
    sources: ["areas"],
    surfaces: [
      {
        id: "area-blocks",
        type: "fill",
        source: "areas",
        filter: ["==", ["get", "kind"], "compound"],
        paint: { "fill-color": day.block, "fill-outline-color": "#c3ced6" },
      },
      {
        id: "area-outlines",
        type: "line",
        source: "areas",
        filter: ["!=", ["get", "kind"], "compound"],
        paint: { "line-color": day.boundary, "line-width": 1.6, "line-dasharray": [7, 3, 1.5, 3] },
      },
    ],
  }),
  streets: drawn({
    sources: ["streets"],
    surfaces: [
      {
        id: "streets",
        type: "line",
        source: "streets",
        layout: { "line-cap": "round", "line-join": "round" },
        paint: {
          "line-color": day.street,
          "line-width": streetWidth,
        },
      },
    ],
    symbols: [
      {
        id: "street-names",
        type: "symbol",
        source: "streets",
        minzoom: 14,
        filter: ["!=", ["get", "name"], ""],
        layout: { ...label, "symbol-placement": "line", "text-field": ["get", "name"], "text-size": 13 },
        paint: { "text-color": day.soft, ...halo },
      },
    ],
  }),
  buildings: drawn({
    sources: ["buildings"],
    surfaces: [
      {
        id: "buildings",
        type: "fill",
        source: "buildings",
        minzoom: 13,
        paint: { "fill-color": day.building, "fill-outline-color": "#b9c5cd" },
      },
    ],
  }),
  zones: drawn({
    sources: ["zones", "zone-names"],
    surfaces: [
      {
        id: "zone-fills",
        type: "fill",
        source: "zones",
        paint: { "fill-pattern": ["concat", "zone-", ["get", "level"]] },
      },
      {
        id: "zone-outlines",
        type: "line",
        source: "zones",
        layout: { "line-join": "round" },
        paint: { "line-color": ["get", "colour"], "line-width": 3 },
      },
    ],
    symbols: [
      {
        id: "zone-names",
        type: "symbol",
        source: "zone-names",
        layout: { ...label, "text-field": ["get", "name"], "text-font": boldFont, "text-size": 14 },
        paint: { "text-color": "#7a2a08", ...halo },
      },
    ],
  }),
  gaps: drawn({
    sources: ["gaps", "gap-names"],
    images: (map) => map.addImage("gap", gapTile(), { pixelRatio: 2 }),
    surfaces: [
      {
        id: "gap-fills",
        type: "fill",
        source: "gaps",
        filter: ["==", ["geometry-type"], "Polygon"],
        paint: { "fill-pattern": "gap" },
      },
      {
        id: "gap-outlines",
        type: "line",
        source: "gaps",
        filter: ["!=", ["geometry-type"], "Point"],
        layout: { "line-join": "round" },
        paint: { "line-color": day.gap, "line-width": 2.5 },
      },
    ],
    symbols: [
      {
        id: "gap-names",
        type: "symbol",
        source: "gap-names",
        layout: { ...label, "text-field": ["get", "name"], "text-font": boldFont, "text-size": 14 },
        paint: { "text-color": "#7c1f58", ...halo },
      },
    ],
  }),
  checkpoints: drawn({
    sources: ["checkpoints"],
    surfaces: [
      {
        id: "checkpoints",
        type: "circle",
        source: "checkpoints",
        paint: {
          "circle-radius": 7,
          "circle-color": "#ffffff",
          "circle-stroke-color": day.me,
          "circle-stroke-width": 3,
        },
      },
    ],
    symbols: [
      {
        id: "checkpoint-names",
        type: "symbol",
        source: "checkpoints",
        minzoom: 14,
        layout: {
          ...label,
          "text-field": ["get", "name"],
          "text-anchor": "top",
          "text-offset": [0, 0.8],
          "text-size": 13,
        },
        paint: { "text-color": "#0a4f78", ...halo },
      },
    ],
  }),
  me: drawn({
    sources: ["walked", "me"],
    surfaces: [
      {
        id: "walked",
        type: "line",
        source: "walked",
        layout: { "line-cap": "round", "line-join": "round" },
        paint: { "line-color": day.walked, "line-width": 9, "line-opacity": 0.35 },
      },
      {
        id: "me-accuracy",
        type: "fill",
        source: "me",
        filter: ["==", ["geometry-type"], "Polygon"],
        paint: { "fill-color": day.me, "fill-opacity": 0.14 },
      },
      {
        id: "me",
        type: "circle",
        source: "me",
        filter: ["==", ["geometry-type"], "Point"],
        paint: {
          "circle-radius": 9,
          "circle-color": day.me,
          "circle-stroke-color": "#ffffff",
          "circle-stroke-width": 3.5,
        },
      },
    ],
  }),
};
