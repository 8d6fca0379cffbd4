export const trackerKinds = ["person", "vehicle", "drone"] as const;
export type TrackerKind = (typeof trackerKinds)[number];
