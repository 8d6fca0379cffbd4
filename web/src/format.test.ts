import { describe, expect, it } from "vitest";
import { clockAge, Format } from "./format";
import { en } from "./messages/en";
import { zhCN } from "./messages/zh-CN";

const zh = new Format(zhCN, "Asia/Shanghai");
const english = new Format(en, "Asia/Shanghai");
const minute = 60_000;

describe("ages", () => {
  it("are h:mm on a card", () =>
    expect([0, 42 * minute, 66 * minute, 25 * 60 * minute].map(clockAge)).toEqual([
      "0:00",
      "0:42",
      "1:06",
      "25:00",
    ]));
  it("never run below zero", () => expect(clockAge(-5000)).toBe("0:00"));
  it("are said in Chinese", () =>
    expect([9000, 42 * minute, 66 * minute, 120 * minute, 72 * 60 * minute].map((ms) => zh.age(ms))).toEqual([
      "9 秒",
      "42 分",
      "1 时 06 分",
      "2 时",
      "3 天",
    ]));
  it("that are set are not cut short", () =>
    expect([225_000, 900_000, 3_600_000, 5_400_000].map((ms) => zh.duration(ms))).toEqual([
      "3.8 分",
      "15 分",
      "1 时",
      "1 时 30 分",
    ]));
  it("are said in English", () =>
    expect([9000, 42 * minute, 66 * minute].map((ms) => english.age(ms))).toEqual([
      "9 s",
      "42 min",
      "1 h 06 min",
    ]));
});

describe("sizes", () => {
  it.each([
    [101.6, "100 平方米"],
    [8444, "8,440 平方米"],
    [14_000, "1.4 公顷"],
    [2_345_678, "235 公顷"],
  ])("%d m²", (m2, want) => expect(zh.area(m2)).toBe(want));
});

describe("shares", () => {
  it("never reads whole what is not", () => {
    expect(zh.percent(0.9999, 1)).toBe("99.9%");
    expect(zh.percent(1, 1)).toBe("100.0%");
  });
});

describe("clock", () => {
  it("is the deployment's", () => expect(english.clock(Date.UTC(2026, 10, 22, 8, 0, 0))).toBe("16:00:00"));
  it("is UTC where the zone is unknown", () =>
    expect(new Format(en, "Nowhere/Town").clock(Date.UTC(2026, 10, 22, 8, 0, 0))).toBe("08:00:00"));
});
