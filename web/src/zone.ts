import type { Zone } from "./feature";

export type ZoneState = "draft" | "scheduled" | "in_force" | "ended";

/** stateAt returns where a zone stands in its legal life at a time: the server's
 * rule, so that a zone comes into force on the map without anybody telling. */
export function stateAt(zone: Zone, atMs: number): ZoneState {
  const issued =
    zone.orderNo !== "" && zone.validFromMs !== null && (zone.validToMs !== null || zone.reviewAtMs !== null);
  if (!issued || zone.validFromMs === null) return "draft";
  if (zone.endsAtMs !== null && atMs >= zone.endsAtMs) return "ended";
  if (atMs < zone.validFromMs) return "scheduled";
  return "in_force";
}
