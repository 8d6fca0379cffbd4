import { describe, expect, it } from "vitest";
import { includes } from "./role";

describe("a role", () => {
  it("includes what asks for less", () => {
    expect(includes("admin", "leader")).toBe(true);
    expect(includes("field", "field")).toBe(true);
    expect(includes("field", "leader")).toBe(false);
  });
  it("includes nothing when there is none of that name", () => {
    expect(includes("", "viewer")).toBe(false);
    expect(includes("king", "viewer")).toBe(false);
  });
});
