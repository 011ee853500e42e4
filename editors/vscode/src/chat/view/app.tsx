/** The whole page: the turns, what is said of the chat, and where the next turn is typed. */

import { useEffect, useState } from "preact/hooks";
import type { Chat } from "../model";
import { announcement } from "./announcing";
import { Composer } from "./composer";
import { Notices } from "./notices";
import { post } from "./post";
import { useScrolling } from "./scrolling";
import { TurnView } from "./turn";

export function App({ chat }: { readonly chat: Chat }) {
  const [editing, edit] = useState("");
  const log = useScrolling(chat.turns);
  const last = chat.turns.length - 1;
  useEffect(() => {
    const stop = (event: KeyboardEvent): void => {
      if (event.key === "Escape" && chat.isRunning) {
        post({ type: "stop" });
      }
    };
    document.addEventListener("keydown", stop);
    return () => document.removeEventListener("keydown", stop);
  }, [chat.isRunning]);
  return (
    <main>
      <div class="log" role="log" aria-label="Chat" aria-live="off" aria-busy={chat.isRunning} tabIndex={0} ref={log}>
        {chat.turns.length === 0 && (
          <p class="hint">Ask something. @file, @dir/ and @diff bring along what they name.</p>
        )}
        {chat.turns.map((turn, index) => (
          <TurnView
            // Not by its id, which an answer has only when it is whole: it would be drawn anew then.
            key={index}
            turn={turn}
            isLast={index === last}
            isRunning={chat.isRunning}
            isEdited={turn.messageId !== "" && turn.messageId === editing}
            edit={edit}
          />
        ))}
      </div>
      <Notices chat={chat} />
      <Composer chat={chat} />
      <div class="unseen" role="status" aria-live="polite">
        {announcement(chat)}
      </div>
    </main>
  );
}
