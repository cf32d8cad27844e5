import type { ReactNode } from "react";

import { CheckIcon, InfoIcon, WarningIcon } from "./icons";
import "./surfaces.css";

/** A note about the state of things. `danger` interrupts a screen reader, the others wait their turn. */
export function Banner({
  tone,
  title,
  action,
  children,
}: {
  tone: "info" | "warning" | "danger" | "ok";
  title?: string;
  action?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className={`banner banner-${tone}`} role={tone === "danger" ? "alert" : "status"}>
      <span className="banner-icon">
        {tone === "ok" ? <CheckIcon /> : tone === "info" ? <InfoIcon /> : <WarningIcon />}
      </span>
      <div className="banner-words">
        {title && <p className="banner-title">{title}</p>}
        {children && <div>{children}</div>}
        {action && <div className="banner-action">{action}</div>}
      </div>
    </div>
  );
}
