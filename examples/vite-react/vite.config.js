import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  // One .env for both examples; of its lines, pages see those that begin with VITE_.
  envDir: "..",
  // The API of examples/express-api, under the page's own origin.
  server: { proxy: { "/api": process.env.API_URL ?? "http://127.0.0.1:3001" } },
});
