import { type ReactNode, useEffect, useRef, useState } from "react";

import { useWords } from "../words/words";
import "./surfaces.css";

/** One panel of a page, reached by its title in the list at the left. */
export interface Section {
  id: string;
  title: string;
  lead?: ReactNode;
  content: ReactNode;
}

/** How far below the top of the page a panel counts as the one being read, in pixels. */
const READING_LINE = 120;

/** A page of panels in one column, with a list of them at the left that follows what is being read. */
export function SectionsPage({
  head,
  banners,
  sections,
}: {
  head: ReactNode;
  banners?: ReactNode;
  sections: Section[];
}) {
  const words = useWords();
  const root = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState(sections[0]?.id);
  // The page scrolls once after a click in the list; what was clicked counts, wherever that scroll ends.
  const jumped = useRef(false);

  useEffect(() => {
    const page = root.current;
    const scroller = page?.closest(".screen");
    if (!page || !scroller) return;
    const follow = () => {
      if (jumped.current) {
        jumped.current = false;
        return;
      }
      setCurrent(sectionInSight(page, scroller));
    };
    scroller.addEventListener("scroll", follow, { passive: true });
    return () => {
      scroller.removeEventListener("scroll", follow);
    };
  }, []);

  const jump = (id: string) => {
    jumped.current = true;
    setCurrent(id);
    const panel = root.current?.querySelector<HTMLElement>(`[data-section="${id}"]`);
    panel?.scrollIntoView({ block: "start" });
    panel?.querySelector("h2")?.focus({ preventScroll: true });
  };

  return (
    <div ref={root} className="page page-with-sections">
      {head}
      {banners && <div className="page-banner">{banners}</div>}
      <nav className="sections" aria-label={words.account.sections}>
        {sections.map(({ id, title }) => (
          <button
            key={id}
            type="button"
            aria-current={id === current ? "true" : undefined}
            onClick={() => {
              jump(id);
            }}
          >
            {title}
          </button>
        ))}
      </nav>
      <div className="page-column">
        {sections.map(({ id, title, lead, content }) => (
          <section key={id} className="panel" data-section={id} aria-label={title}>
            <div className="panel-head">
              <h2 tabIndex={-1}>{title}</h2>
              {lead && <p className="quiet">{lead}</p>}
            </div>
            {content}
          </section>
        ))}
      </div>
    </div>
  );
}

/** The last panel whose head has passed the reading line; the last of all at the page's end. */
function sectionInSight(page: HTMLElement, scroller: Element): string | undefined {
  const panels = [...page.querySelectorAll<HTMLElement>("[data-section]")];
  const atEnd = scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 1;
  const line = scroller.getBoundingClientRect().top + READING_LINE;
  const passed = panels.filter((panel) => panel.getBoundingClientRect().top <= line);
  const panel = atEnd ? panels.at(-1) : (passed.at(-1) ?? panels[0]);
  return panel?.dataset["section"];
}
