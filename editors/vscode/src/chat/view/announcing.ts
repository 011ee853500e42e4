/** What a screen reader is told: that something begins, ends, or waits, and not every word as it comes. */

import type { Chat } from "../model";

export function announcement(chat: Chat): string {
  const last = chat.turns.at(-1);
  const question = waitingQuestion(chat);
  if (question !== undefined) {
    return `Waits for your approval: ${question}`;
  }
  if (chat.problem !== "") {
    return chat.problem;
  }
  if (chat.isRunning) {
    return last?.role === "assistant" ? "The answer is coming." : "Sent.";
  }
  return last?.role === "assistant" ? `The answer is there: ${last.status}.` : "";
}

/** What is asked of the user in the last answer; undefined where nothing is. */
function waitingQuestion({ turns }: Chat): string | undefined {
  const last = turns.at(-1);
  const calls = last?.role === "assistant" ? last.parts.filter((part) => part.kind === "call") : [];
  return calls.find(({ question }) => question !== undefined)?.question;
}
