import { useWords } from "../words/words";
import { BackIcon } from "./icons";
import "./surfaces.css";

/** The way back, at the head of a screen. Escape presses it too. */
export function BackButton({ onBack }: { onBack: () => void }) {
  const words = useWords();
  return (
    <div>
      <button type="button" className="details-toggle" data-back="" onClick={onBack}>
        <span className="icon-turned">
          <BackIcon />
        </span>
        {words.actions.back}
      </button>
    </div>
  );
}
