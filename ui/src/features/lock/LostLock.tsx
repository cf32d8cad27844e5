import { Button } from "../../primitives/Button";
import { Dialog } from "../../primitives/Dialog";
import { useWords } from "../../words/words";

/** Says why nobody is signed in any more, to whom the lock of the app was lost with. */
export function LostLock({ open, onClose }: { open: boolean; onClose: () => void }) {
  const words = useWords();
  return (
    <Dialog
      open={open}
      title={words.lock.lostTitle}
      onClose={onClose}
      buttons={
        <Button look="primary" data-autofocus="" onClick={onClose}>
          {words.actions.close}
        </Button>
      }
    >
      <p>{words.lock.lost}</p>
    </Dialog>
  );
}
