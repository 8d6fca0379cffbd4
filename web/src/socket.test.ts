import { describe, expect, it } from "vitest";
import { waitMs } from "./socket";

describe("waitMs", () => {
  it("doubles up to a bound", () =>
    expect([1, 2, 3, 20].map((n) => waitMs(n, 1))).toEqual([500, 1000, 2000, 15_000]));
  it("spreads over half of it", () => expect(waitMs(3, 0)).toBe(1000));
});
