import type { Feature, FeatureCollection, Geometry } from "geojson";

// GeoJSON as the map's layers take it.

export const nothing: FeatureCollection = { type: "FeatureCollection", features: [] };

export function collection(features: Feature[]): FeatureCollection {
  return { type: "FeatureCollection", features };
}

export function feature(geometry: Geometry, properties: Record<string, unknown>): Feature {
  return { type: "Feature", geometry, properties };
}

export function point(at: readonly [number, number]): Geometry {
  return { type: "Point", coordinates: [at[0], at[1]] };
}
