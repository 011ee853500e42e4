/** Where the next turn is typed, with what goes along, the preset, and the button that sends or stops. */

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Chat } from "../model";
import { isSend } from "./keys";
import { keepDraft, keptDraft, post } from "./post";

const FIELD = "composer";

/** Have the keys go into the next turn. */
export function focusComposer(): void {
  document.getElementById(FIELD)?.focus();
}

export function Composer({ chat }: { readonly chat: Chat }) {
  // The field itself holds the words: keys may come faster than the page is drawn.
  const field = useRef<HTMLTextAreaElement>(null);
  const [kept] = useState(keptDraft);
  const [hasWords, setHasWords] = useState(kept !== "");
  const say = (words: string): void => {
    if (field.current) {
      field.current.value = words;
    }
    note(words);
  };
  const note = (words: string): void => {
    keepDraft(words);
    setHasWords(words.trim() !== "");
  };
  useEffect(() => {
    if (chat.unsent !== "") {
      say([chat.unsent, field.current?.value].filter(Boolean).join("\n"));
      post({ type: "tookUnsent" });
    }
  }, [chat.unsent]);
  // One types on behind the words that were kept.
  useLayoutEffect(() => field.current?.setSelectionRange(kept.length, kept.length), []);
  const canSend = !chat.isRunning && chat.isConnected;
  const send = (): void => {
    const text = field.current?.value ?? "";
    if (canSend && text.trim() !== "") {
      post({ type: "send", text });
      say("");
    }
  };
  const press = (event: KeyboardEvent): void => {
    if (isSend(event)) {
      event.preventDefault();
      send();
    }
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Contexts names={chat.contexts} />
      <textarea
        id={FIELD}
        aria-label="Your next turn"
        placeholder="Enter sends, Shift+Enter makes a line"
        rows={2}
        ref={field}
        defaultValue={kept}
        onInput={({ currentTarget }) => note(currentTarget.value)}
        onKeyDown={press}
      />
      <div class="bar">
        <button type="button" title="Preset of the next turns" onClick={() => post({ type: "pickPreset" })}>
          {chat.preset || chat.presetInUse || "preset"}
        </button>
        <button type="button" title="Have the selection go along" onClick={() => post({ type: "addSelection" })}>
          + selection
        </button>
        {/* The same button, which keeps the focus; one that is disabled would lose it. */}
        {chat.isRunning ? (
          <button key="main" type="button" class="main" title="Esc" onClick={() => post({ type: "stop" })}>
            Stop
          </button>
        ) : (
          <button key="main" type="submit" class="main" aria-disabled={!canSend || !hasWords}>
            Send
          </button>
        )}
      </div>
    </form>
  );
}

function Contexts({ names }: { readonly names: readonly string[] }) {
  const drop = (index: number): void => {
    post({ type: "dropContext", index });
    focusComposer();
  };
  return (
    <ul class="contexts" aria-label="What goes along">
      {names.map((name, index) => (
        <li key={name}>
          {name}
          <button type="button" aria-label={`Leave out ${name}`} onClick={() => drop(index)}>
            ×
          </button>
        </li>
      ))}
    </ul>
  );
}
