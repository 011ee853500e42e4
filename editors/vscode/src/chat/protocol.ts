/** Chats in the protocol (PROTOCOL.md, "Chats"). It holds types and names, and nothing that runs. */

import type { Range } from "vscode-languageclient/node";

const REQUEST = "lsp-llm/chat/";
export const CREATE = `${REQUEST}create`;
export const SEND = `${REQUEST}send`;
export const CONTINUE = `${REQUEST}continue`;
export const EDIT = `${REQUEST}edit`;
export const GET = `${REQUEST}get`;
export const LIST = `${REQUEST}list`;
export const DELETE = `${REQUEST}delete`;
export const RENAME = `${REQUEST}rename`;
export const CANCEL = `${REQUEST}cancel`;
export const APPROVE = `${REQUEST}approveTool`;

export type Decision = "allow" | "always" | "deny";

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost?: number;
}

/** One turn as the chat's file has it. */
export interface Message {
  readonly messageId: string;
  readonly role: "user" | "assistant";
  readonly text: string;
  readonly thinking?: string;
  readonly toolCalls?: readonly { readonly callId: string; readonly name: string; readonly arguments: string }[];
  readonly toolResults?: readonly { readonly callId: string; readonly text: string; readonly isError: boolean }[];
  readonly usage?: Usage;
  readonly model?: string;
  readonly status?: string;
}

/** The answer to GET. */
export interface Stored {
  readonly chatId: string;
  readonly title: string;
  readonly preset: string;
  readonly messages: readonly Message[];
  readonly problems: readonly string[];
}

/** One entry of the answer to LIST. */
export interface Summary {
  readonly chatId: string;
  readonly title: string;
  readonly preset: string;
  readonly updated: string;
}

/** What comes while an answer is made. */
export type Partial =
  | { readonly kind: "chat"; readonly chatId: string }
  | { readonly kind: "text" | "thinking"; readonly delta: string }
  | {
      readonly kind: "toolCall";
      readonly callId: string;
      readonly name: string;
      readonly arguments: string;
      readonly needsApproval: boolean;
      readonly text?: string;
    }
  | { readonly kind: "toolResult"; readonly callId: string; readonly text: string; readonly isError: boolean };

/** A selection that goes along with the next turn. */
export interface SelectionContext {
  readonly type: "selection";
  readonly uri: string;
  readonly range: Range;
}
