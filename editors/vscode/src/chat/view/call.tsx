/** A call of a tool: what it is, what came of it, and the question whether it may be made. */

import type { Part } from "../shown";
import type { Decision } from "../protocol";
import { focusComposer } from "./composer";
import { post } from "./post";
import { readable } from "./wording";

type CallPart = Part & { kind: "call" };

export function Call({ call }: { readonly call: CallPart }) {
  const { name, question, result } = call;
  const state = result ? (result.isError ? "failed" : "done") : question === undefined ? "runs" : "waits";
  return (
    <div class={`call ${state}`}>
      <details>
        <summary>
          Tool: {name} <span class="state">{state}</span>
        </summary>
        <pre>{readable(call.arguments)}</pre>
        {result && <pre class="result">{result.text}</pre>}
      </details>
      {question !== undefined && <Question callId={call.callId} question={question} />}
    </div>
  );
}

function Question({ callId, question }: { readonly callId: string; readonly question: string }) {
  const decide = (decision: Decision): void => {
    post({ type: "decide", callId, decision });
    focusComposer();
  };
  return (
    <div class="question" role="group" aria-label="Approval">
      <p>{question}</p>
      <button type="button" class="main" onClick={() => decide("allow")}>
        Allow
      </button>
      <button type="button" title="In this chat, without asking" onClick={() => decide("always")}>
        Always
      </button>
      <button type="button" onClick={() => decide("deny")}>
        Deny
      </button>
    </div>
  );
}
