/** What there is to see of a conversation: turns, and the pieces of an answer. */

import type { Usage } from "./protocol";

/** A piece of an answer, in the order in which they came. */
export type Part =
  | { readonly kind: "text" | "thinking"; readonly text: string }
  | {
      readonly kind: "call";
      readonly callId: string;
      readonly name: string;
      readonly arguments: string;
      /** What is asked of the user; undefined where nothing is. */
      readonly question?: string | undefined;
      readonly result?: { readonly text: string; readonly isError: boolean };
    };

export type Turn =
  | { readonly role: "user"; readonly messageId: string; readonly text: string }
  | {
      readonly role: "assistant";
      readonly messageId: string;
      readonly parts: readonly Part[];
      readonly usage?: Usage | undefined;
      readonly model: string;
      /** How it ended, as the server says it; "" while it comes. */
      readonly status: string;
    };
