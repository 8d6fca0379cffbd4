import { defineConfig } from "vitest/config";

// Tests that drive a real browser against a running server: see test/browser.
export default defineConfig({
  test: {
    include: ["test/browser/**/*.test.ts"],
    testTimeout: 240_000,
    hookTimeout: 60_000,
    fileParallelism: false,
  },
});
