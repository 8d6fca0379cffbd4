export const trackerKinds = ["person", "vehicle", "drone"] as const;
export type TrackerKind = (typeof trackerKinds)[number];

export interface Fix {
  readonly tMs: number;
  readonly lon: number;
  readonly lat: number;
  readonly headingDeg: number | null;
  readonly speedMps: number | null;
  readonly accuracyM: number | null;
  readonly battery: number | null; // 0 to 1
}
