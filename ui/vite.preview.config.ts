import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Every screen state on fixture data, without the app behind it: for screenshots and for looking. Never shipped. */
export default defineConfig({
  plugins: [react()],
  base: "./",
  server: { port: 1421, strictPort: true, host: "127.0.0.1" },
  build: {
    outDir: "../target/ui-preview",
    emptyOutDir: true,
    target: ["es2022", "safari16.4", "chrome111"],
    assetsInlineLimit: 0,
    rollupOptions: { input: "preview.html" },
  },
});
