import { describe, expect, it } from "vitest";
import { differences, missing, noOrder, type Order, orderOf, propertiesOf } from "./order";
import { inputOf, msOf } from "./zonedtime";

const zone = "Asia/Shanghai";
const now = Date.parse("2026-11-23T04:00:00Z");
const whole: Order = {
  name: " 东苑 ",
  level: "sealed",
  units: "1 栋\n\n2 栋 3 单元 ",
  orderNo: "第 31 号",
  authority: "指挥部",
  reason: "阳性",
  from: "2026-11-23T13:00",
  until: "valid_to",
  untilAt: "2026-11-30T13:00",
};

describe("an order", () => {
  it("is written as properties and read back", () => {
    const p = propertiesOf(whole, true, now, zone);
    expect(p).toEqual({
      name: "东苑",
      level: "sealed",
      units: ["1 栋", "2 栋 3 单元"],
      order_no: "第 31 号",
      authority: "指挥部",
      reason: "阳性",
      valid_from: "2026-11-23T05:00:00.000Z",
      valid_to: "2026-11-30T05:00:00.000Z",
    });
    expect(differences(orderOf(p, zone), { ...whole, units: "1 栋\n2 栋 3 单元" })).toEqual([]);
  });
  it("begins now unless it says when", () =>
    expect(propertiesOf({ ...whole, from: "" }, true, now, zone).valid_from).toBe(
      "2026-11-23T04:00:00.000Z",
    ));
  it("does not issue itself as a draft", () =>
    expect(propertiesOf(whole, false, now, zone)).not.toHaveProperty("valid_from"));
  it("needs a name and a level, to be issued everything", () => {
    expect(missing(noOrder, false, now, zone)).toEqual(["name", "level"]);
    expect(missing(noOrder, true, now, zone)).toEqual([
      "name",
      "level",
      "orderNo",
      "authority",
      "reason",
      "untilAt",
    ]);
    expect(missing(whole, true, now, zone)).toEqual([]);
  });
  it("ends after it begins", () =>
    expect(missing({ ...whole, untilAt: "2026-11-23T12:59" }, true, now, zone)).toEqual(["order"]));
});

describe("a time typed on a zone's clocks", () => {
  it.each([
    ["2026-11-23T13:00", "Asia/Shanghai", "2026-11-23T05:00:00Z"],
    ["2026-07-01T00:30", "Europe/Berlin", "2026-06-30T22:30:00Z"],
    ["2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00Z"], // shown twice: the first
    ["2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30:00Z"], // left out: an hour on
    ["2026-01-01T00:00", "Pacific/Kiritimati", "2025-12-31T10:00:00Z"],
  ])("%s in %s", (typed, timeZone, want) => {
    expect(new Date(msOf(typed, timeZone) ?? 0).toISOString()).toBe(new Date(want).toISOString());
  });
  it("is written back", () =>
    expect(inputOf(Date.parse("2026-11-23T05:00:00Z"), zone)).toBe("2026-11-23T13:00"));
  it("may be none", () => expect(msOf("", zone)).toBeNull());
});
