import "@fontsource-variable/inter/wght.css";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/rail.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { tauriBridge } from "./bridge/commands";
import { SnapshotStore } from "./sdk/store";
import { App } from "./window/App";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no element to draw the window into.");
createRoot(root).render(
  <StrictMode>
    <App store={new SnapshotStore(tauriBridge)} />
  </StrictMode>,
);
