import type { SymbolLayerSpecification } from "maplibre-gl";

// The map's colours and type; panels have the same tokens in app.css.

export const ink = {
  map: "#0f151b",
  block: "#141c23",
  building: "#1d2730",
  buildingEdge: "#2a3743",
  street: "#1a232b",
  boundary: "#7fa6c4",
  text: "#e4ecf3",
  soft: "#9fb0bf",
  mute: "#7d8e9d",
  action: "#56b4e9",
  fresh: "#1fbf92",
  late: "#e69f00",
  gap: "#e58bbf",
  gapText: "#ffe3f2",
  silent: "#e58bbf",
} as const;

// With no glyphs URL in the style MapLibre draws every character from the device's
// own fonts, in this order.
export const font = ["Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", "sans-serif"];
// MapLibre reads the weight from the first family's name, whether or not it is installed.
export const boldFont = ["Noto Sans CJK SC Bold", ...font];

/** label is the type that names share. */
export const label = {
  "text-font": font,
  "text-size": 12,
  "text-max-width": 9,
} satisfies SymbolLayerSpecification["layout"];
