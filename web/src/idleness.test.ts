import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { idleClasses, idleTiles, neverColour } from "./idleness";

it("has the colours and bounds of the protocol", () => {
  const protocol = readFileSync(new URL("../../docs/protocol.md", import.meta.url), "utf8");
  const table = protocol.slice(protocol.indexOf("### Idleness, drawn"));
  const rows = [...table.matchAll(/\| ([^|]*) \| ([0-9a-f]{8}) \|/g)].map((row) => [
    row[1]?.trim(),
    `#${row[2]}`,
  ]);
  const worded = idleClasses.map(({ colour, from, to }) => [
    to === null ? `from ${from}` : from === 0 ? `below ${to}` : `${from} to ${to}`,
    colour,
  ]);
  expect(rows.slice(0, -1)).toEqual(worded);
  expect(rows.at(-1)?.[1]).toBe(neverColour);
});

it("asks for tiles of now or of then", () => {
  expect(idleTiles("http://x", "w", null)).toBe("http://x/tiles/idleness/w/{z}/{x}/{y}.png");
  expect(idleTiles("http://x", "w", 0)).toBe(
    "http://x/tiles/idleness/w/{z}/{x}/{y}.png?at=1970-01-01T00:00:00.000Z",
  );
});
