import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The window's own bundle: everything from `'self'`, nothing inlined, so that the strict CSP holds. */
export default defineConfig({
  plugins: [react()],
  clearScreen: false,
  server: { port: 1420, strictPort: true, host: "127.0.0.1" },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: ["es2022", "safari16.4", "chrome111"],
    // A font or picture as a data: address would need a wider CSP.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
