/** The turns of a chat's file as they are shown: the answers of one send are one, and a result stands with its call. */

import type { Part, Turn } from "./shown";
import type { Message, Usage } from "./protocol";

export function turnsOf(messages: readonly Message[]): readonly Turn[] {
  const results = new Map(
    messages.flatMap(({ toolResults }) => toolResults ?? []).map((result) => [result.callId, result]),
  );
  return messages.reduce<readonly Turn[]>((turns, message) => {
    if (message.role === "user") {
      const isForTools = message.text === "" && message.toolResults !== undefined;
      return isForTools ? turns : [...turns, { role: "user", messageId: message.messageId, text: message.text }];
    }
    return withAnswer(turns, message, partsOf(message, results));
  }, []);
}

function withAnswer(turns: readonly Turn[], message: Message, parts: readonly Part[]): readonly Turn[] {
  const { messageId, model = "", status = "" } = message;
  const last = turns.at(-1);
  const before = last?.role === "assistant" ? last : undefined;
  const answer: Turn = {
    role: "assistant",
    messageId,
    parts: [...(before?.parts ?? []), ...parts],
    usage: sum(before?.usage, message.usage),
    model,
    // An answer of a file is over, whatever its file says of it.
    status: status || "unknown",
  };
  return [...(before ? turns.slice(0, -1) : turns), answer];
}

function partsOf(message: Message, results: ReadonlyMap<string, { text: string; isError: boolean }>): readonly Part[] {
  const calls = (message.toolCalls ?? []).map((call): Part => {
    const result = results.get(call.callId);
    return { kind: "call", ...call, ...(result ? { result: { text: result.text, isError: result.isError } } : {}) };
  });
  const said: Part[] = [
    { kind: "thinking", text: message.thinking ?? "" },
    { kind: "text", text: message.text },
  ];
  return [...said.filter((part) => part.kind === "call" || part.text !== ""), ...calls];
}

function sum(first: Usage | undefined, then: Usage | undefined): Usage | undefined {
  if (first === undefined || then === undefined) {
    return then ?? first;
  }
  const [inputTokens, outputTokens] = [first.inputTokens + then.inputTokens, first.outputTokens + then.outputTokens];
  const tokens = { inputTokens, outputTokens };
  // A part without a price would make the sum look cheaper than it was.
  return first.cost === undefined || then.cost === undefined ? tokens : { ...tokens, cost: first.cost + then.cost };
}
