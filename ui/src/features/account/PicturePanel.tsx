import { useRef, useState } from "react";

import { AccountAvatar } from "../../app/AccountAvatar";
import { addressOf } from "../../app/accounts";
import { useAction } from "../../app/action";
import { type Failure, hasCode, plainFailure } from "../../app/failure";
import { FailureNote } from "../../app/FailureNote";
import { WaitingNote } from "../../app/WaitingNote";
import type { InstanceView } from "../../bridge/InstanceView";
import { Button } from "../../primitives/Button";
import type { UserResource } from "../../sdk/resources/user";
import { useWords } from "../../words/words";
import { isPicture, LARGEST, TYPES } from "./picture-file";

/** The picture, to be chosen, seen and removed. */
export function PicturePanel({ user, instance }: { user: UserResource; instance: InstanceView }) {
  const words = useWords();
  const setting = useAction();
  const removing = useAction();
  const [failure, setFailure] = useState<Failure | null>(null);
  const [said, setSaid] = useState("");
  const file = useRef<HTMLInputElement>(null);
  const choose = useRef<HTMLButtonElement>(null);
  const busy = setting.busy || removing.busy;
  const action = removing.busy ? removing : setting;
  const name = user.fullName ?? addressOf(user);

  const refuse = (message: string) => {
    setFailure({ message, code: null, traceId: null });
  };
  const begin = () => {
    setFailure(null);
    setSaid("");
  };
  const set = async (picture: File) => {
    begin();
    if (picture.size > LARGEST) {
      refuse(words.errors.byCode.image_too_large);
      return;
    }
    if (!(await isPicture(picture))) {
      refuse(words.account.pictureKind);
      return;
    }
    setting.run(() => user.setProfileImage({ file: picture }), {
      done: () => {
        setSaid(words.account.pictureSaved);
      },
      failed: (error) => {
        // What looked like a picture could not be read as one.
        if (hasCode(error, "request_body_invalid")) refuse(words.account.pictureDamaged);
        else setFailure(plainFailure(error, words));
      },
    });
  };
  const remove = () => {
    begin();
    removing.run(() => user.setProfileImage({ file: null }), {
      done: () => {
        // The button that was pressed is gone.
        choose.current?.focus();
        setSaid(words.account.pictureRemoved);
      },
      failed: (error) => {
        setFailure(plainFailure(error, words));
      },
    });
  };

  return (
    <div className="stack gap-2">
      <FailureNote failure={failure} />
      <div className="panel-row">
        <div className="picture-line">
          <AccountAvatar name={name} instance={instance} picture={user.hasImage ? user.imageUrl : null} large />
          <p className="quiet">{words.account.pictureHint}</p>
        </div>
        <div className="panel-buttons">
          {user.hasImage && (
            <Button
              pending={removing.pending}
              onClick={() => {
                if (!busy) remove();
              }}
            >
              {words.account.removePicture}
            </Button>
          )}
          <Button
            ref={choose}
            pending={setting.pending}
            onClick={() => {
              if (!busy) file.current?.click();
            }}
          >
            {user.hasImage ? words.account.changePicture : words.account.choosePicture}
          </Button>
        </div>
      </div>
      {/* The button above opens it: it looks like the others, and is told by the same name. */}
      <input
        ref={file}
        type="file"
        hidden
        accept={TYPES.join(",")}
        aria-label={words.account.choosePicture}
        onChange={({ currentTarget }) => {
          const picture = currentTarget.files?.[0];
          if (picture) void set(picture);
          // The same file may be chosen again.
          currentTarget.value = "";
        }}
      />
      <span role="status" className="quiet">
        {said}
      </span>
      <WaitingNote instance={instance} action={action} />
    </div>
  );
}
