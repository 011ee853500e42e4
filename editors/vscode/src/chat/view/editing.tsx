/** An earlier turn of the user's while it is given other words. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { isSend } from "./keys";

interface Shown {
  readonly text: string;
  send(words: string): void;
  leave(): void;
}

export function Editing({ text, send, leave }: Shown) {
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => field.current?.focus(), []);
  const press = (event: KeyboardEvent): void => {
    if (isSend(event)) {
      event.preventDefault();
      const words = field.current?.value ?? "";
      if (words.trim() !== "") {
        send(words);
      }
    } else if (event.key === "Escape") {
      event.stopPropagation();
      leave();
    }
  };
  return (
    <>
      <textarea ref={field} aria-label="Your turn, in other words" rows={2} defaultValue={text} onKeyDown={press} />
      <p class="end">Enter sends it in a chat of its own, Esc leaves it.</p>
    </>
  );
}
