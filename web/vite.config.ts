import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

// Nothing may become a data: URL and nothing inline: the page's CSP forbids it.
export default defineConfig({
  plugins: [svelte()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
    rollupOptions: {
      input: { index: "index.html", field: "field.html", "field-sw": "src/field/sw.ts" },
      output: {
        // A service worker's address must stay the same, and decides what it may serve.
        entryFileNames: (chunk) => (chunk.name === "field-sw" ? "[name].js" : "assets/[name]-[hash].js"),
      },
    },
  },
  worker: { format: "es" },
  test: { include: ["src/**/*.test.ts"] },
});
