/** An answer in the making: which piece the next news belong to. It knows no window and no server. */

import type { Part, Turn } from "./shown";
import type { Partial } from "./protocol";

type Answer = Turn & { role: "assistant" };
type News = Exclude<Partial, { kind: "chat" }>;

/** The turns before the answer that comes, and that answer, which begins behind a turn of the user's. */
export function answerOf(turns: readonly Turn[]): [readonly Turn[], Answer] {
  const last = turns.at(-1);
  return last?.role === "assistant" && last.status === ""
    ? [turns.slice(0, -1), last]
    : [turns, { role: "assistant", messageId: "", parts: [], model: "", status: "" }];
}

/** The pieces with the news; a call that is told once more takes its own place. */
export function extended(parts: readonly Part[], news: News): readonly Part[] {
  switch (news.kind) {
    case "text":
    case "thinking":
      return withDelta(parts, news.kind, news.delta);
    case "toolCall":
      return withCall(parts, news);
    case "toolResult":
      return parts.map((part) =>
        isCall(part, news.callId)
          ? { ...part, question: undefined, result: { text: news.text, isError: news.isError } }
          : part,
      );
  }
}

function withDelta(parts: readonly Part[], kind: "text" | "thinking", delta: string): readonly Part[] {
  const last = parts.at(-1);
  if (last?.kind === kind) {
    return [...parts.slice(0, -1), { kind, text: last.text + delta }];
  }
  // The answers of one send are one text to the protocol, with an empty line between them.
  const text = delta.replace(/^\n+/, "");
  return text === "" ? parts : [...parts, { kind, text }];
}

function withCall(parts: readonly Part[], news: News & { kind: "toolCall" }): readonly Part[] {
  const { callId, name } = news;
  const question = news.needsApproval ? (news.text ?? `${name}?`) : undefined;
  const call: Part = { kind: "call", callId, name, arguments: news.arguments, question };
  return parts.some((part) => isCall(part, callId))
    ? parts.map((part) => (isCall(part, callId) ? call : part))
    : [...parts, call];
}

function isCall(part: Part, callId: string): boolean {
  return part.kind === "call" && part.callId === callId;
}
