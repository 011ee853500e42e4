/** The words below an answer, and arguments made readable. It knows no page. */

import type { Turn } from "../shown";

type Answer = Turn & { role: "assistant" };

/** What an answer was: model, tokens, cost in the user's currency, and how it ended where that was not well. */
export function endOf({ model, usage, status }: Answer): string {
  const tokens = usage ? `${usage.inputTokens} tokens in, ${usage.outputTokens} out` : "";
  const cost = usage?.cost === undefined ? "" : `cost ${usage.cost.toPrecision(2)}`;
  return [model, tokens, cost, status === "done" ? "" : status].filter((words) => words !== "").join(" · ");
}

/** Whether an answer ended in the middle of its words. */
export function canGoOn({ status, parts }: Answer): boolean {
  return status !== "done" && status !== "" && parts.at(-1)?.kind === "text";
}

/** JSON with line ends; what is none stays as it is. */
export function readable(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
