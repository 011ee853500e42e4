/** One turn of the chat. */

import type { Part, Turn } from "../shown";
import { Call } from "./call";
import { focusComposer } from "./composer";
import { Editing } from "./editing";
import { post } from "./post";
import { Prose } from "./prose";
import { canGoOn, endOf } from "./wording";

interface Shown {
  readonly turn: Turn;
  readonly isLast: boolean;
  readonly isRunning: boolean;
  readonly isEdited: boolean;
  /** Edit the turn with this id; "" ends that. */
  edit(messageId: string): void;
}

export function TurnView(shown: Shown) {
  const { turn } = shown;
  return (
    <article class={`turn ${turn.role}`} aria-label={turn.role === "user" ? "You" : "Answer"}>
      {turn.role === "user" ? <Mine {...shown} turn={turn} /> : <Answer {...shown} turn={turn} />}
    </article>
  );
}

function Mine({ turn, isLast, isRunning, isEdited, edit }: Shown & { readonly turn: Turn & { role: "user" } }) {
  const { messageId, text } = turn;
  const leave = (): void => {
    edit("");
    focusComposer();
  };
  const send = (words: string): void => {
    post({ type: "edit", messageId, text: words });
    leave();
  };
  if (isEdited) {
    return <Editing text={text} send={send} leave={leave} />;
  }
  return (
    <>
      <Prose text={text} />
      {!isRunning && (
        <div class="tools">
          <button type="button" title="Other words here, in a chat of its own" onClick={() => edit(messageId)}>
            Edit
          </button>
          {isLast && <Retry />}
        </div>
      )}
    </>
  );
}

function Answer({ turn, isLast, isRunning }: Shown & { readonly turn: Turn & { role: "assistant" } }) {
  const isOver = isLast && !isRunning;
  return (
    <>
      {turn.parts.map((part, index) => (
        <PartView key={part.kind === "call" ? part.callId : index} part={part} />
      ))}
      <p class="end">{endOf(turn)}</p>
      {isOver && (
        <div class="tools">
          <Retry />
          {canGoOn(turn) && (
            <button type="button" onClick={() => post({ type: "goOn" })}>
              Continue
            </button>
          )}
        </div>
      )}
    </>
  );
}

function PartView({ part }: { readonly part: Part }) {
  switch (part.kind) {
    case "text":
      return <Prose text={part.text} />;
    case "thinking":
      return (
        <details class="thinking">
          <summary>Thinking</summary>
          <Prose text={part.text} />
        </details>
      );
    case "call":
      return <Call call={part} />;
  }
}

function Retry() {
  return (
    <button type="button" onClick={() => post({ type: "retry" })}>
      Retry
    </button>
  );
}
