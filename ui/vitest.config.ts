import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  test: {
    environment: "jsdom",
    setupFiles: ["src/testing/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}"],
    // Only as a text, for the tests of the colours.
    css: { include: [/\.css\?raw$/] },
    restoreMocks: true,
    // Every test tidies up after itself (see the setup), so that one document serves all files: twice as fast.
    pool: "threads",
    isolate: false,
    // By default one is left out for vitest itself, which has nothing to do once the tests run.
    maxWorkers: "100%",
    testTimeout: 30_000,
  },
});
