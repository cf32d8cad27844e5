import "@fontsource-variable/inter/wght.css";
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/layout.css";
import "../styles/rail.css";

import { createRoot } from "react-dom/client";

import type { Language } from "../bridge/Language";
import type { Theme } from "../bridge/Theme";
import { Preview } from "./Preview";
import { STATES } from "./states";

/** `?state=…&theme=…&language=…` opens one state; without it, a list of all. */
const query = new URLSearchParams(location.search);
const wanted = STATES.find(({ id }) => id === query.get("state"));
const theme = (["light", "dark", "contrast"] as Theme[]).find((name) => name === query.get("theme"));
const language = (["en", "de"] as Language[]).find((name) => name === query.get("language"));

const root = document.getElementById("root");
if (!root) throw new Error("The page has no element to draw the previews into.");
createRoot(root).render(
  wanted ? (
    <Preview state={wanted} {...(theme && { theme })} {...(language && { language })} />
  ) : (
    <main className="screen">
      <div className="page">
        <h1>Screens</h1>
        <ul>
          {STATES.map(({ id }) => (
            <li key={id}>
              <a href={`?state=${id}`}>{id}</a>
            </li>
          ))}
        </ul>
      </div>
    </main>
  ),
);
