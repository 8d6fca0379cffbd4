import { type Fields, list, textOr } from "../parse";
import { inputOf, msOf } from "./zonedtime";

/** Order is what a planner writes beside a zone's shape; times as typed. */
export interface Order {
  readonly name: string;
  readonly level: string;
  readonly units: string; // one a line
  readonly orderNo: string;
  readonly authority: string;
  readonly reason: string;
  readonly from: string; // empty: from now
  readonly until: "valid_to" | "review_at";
  readonly untilAt: string;
}

export const noOrder: Order = {
  name: "",
  level: "",
  units: "",
  orderNo: "",
  authority: "",
  reason: "",
  from: "",
  until: "valid_to",
  untilAt: "",
};

export type Missing = "name" | "level" | "orderNo" | "authority" | "reason" | "untilAt" | "order";

/** orderOf reads a zone's properties. */
export function orderOf(p: Fields, timeZone: string): Order {
  const typed = (key: string) => {
    const ms = Date.parse(textOr(p, key, ""));
    return Number.isNaN(ms) ? "" : inputOf(ms, timeZone);
  };
  const validTo = typed("valid_to");
  return {
    name: textOr(p, "name", ""),
    level: textOr(p, "level", ""),
    units: (p.units === undefined || p.units === null ? [] : list(p, "units")).join("\n"),
    orderNo: textOr(p, "order_no", ""),
    authority: textOr(p, "authority", ""),
    reason: textOr(p, "reason", ""),
    from: typed("valid_from"),
    until: validTo === "" && typed("review_at") !== "" ? "review_at" : "valid_to",
    untilAt: validTo === "" ? typed("review_at") : validTo,
  };
}

/** missing lists what an order still needs: a draft a name and a level, an issued zone
 * everything, and an end (or review) after its beginning. */
export function missing(order: Order, issue: boolean, nowMs: number, timeZone: string): Missing[] {
  const lacks: Missing[] = [];
  const needed = issue
    ? (["name", "level", "orderNo", "authority", "reason"] as const)
    : (["name", "level"] as const);
  for (const key of needed) if (order[key].trim() === "") lacks.push(key);
  if (!issue) return lacks;
  const from = msOf(order.from, timeZone) ?? nowMs;
  const until = msOf(order.untilAt, timeZone);
  if (until === null) lacks.push("untilAt");
  else if (until <= from) lacks.push("order");
  return lacks;
}

/** propertiesOf writes an order as a zone's properties; a draft is written without its
 * beginning, so that it does not issue itself. */
export function propertiesOf(order: Order, issue: boolean, nowMs: number, timeZone: string): Fields {
  const p: Fields = { name: order.name.trim(), level: order.level };
  const set = (key: string, v: string) => {
    if (v.trim() !== "") p[key] = v.trim();
  };
  set("order_no", order.orderNo);
  set("authority", order.authority);
  set("reason", order.reason);
  const units = order.units
    .split("\n")
    .map((u) => u.trim())
    .filter((u) => u !== "");
  if (units.length > 0) p.units = units;
  const until = msOf(order.untilAt, timeZone);
  if (until !== null) p[order.until] = new Date(until).toISOString();
  if (issue) p.valid_from = new Date(msOf(order.from, timeZone) ?? nowMs).toISOString();
  return p;
}

/** differences lists what two orders do not agree on, in the order of the form. */
export function differences(a: Order, b: Order): (keyof Order)[] {
  return (Object.keys(noOrder) as (keyof Order)[]).filter((key) => a[key].trim() !== b[key].trim());
}
