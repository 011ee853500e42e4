/**
 * What the chat view shows, and how it changes with each event. The extension and the page both keep one, by the same
 * events in the same order, so that a page that was closed comes back as it was. It knows no window and no server.
 */

import type { Partial, Stored } from "./protocol";
import { answerOf, extended } from "./parts";
import type { Turn } from "./shown";
import { turnsOf } from "./turns";

export interface Chat {
  /** Empty until the first turn is sent. */
  readonly chatId: string;
  readonly title: string;
  /** Of the next turn; empty is the one in use. */
  readonly preset: string;
  readonly presetInUse: string;
  readonly turns: readonly Turn[];
  readonly isRunning: boolean;
  readonly isConnected: boolean;
  /** What is being done, in the server's words. */
  readonly progress: string;
  /** What went wrong, in the server's words. */
  readonly problem: string;
  /** What goes along with the next turn. */
  readonly contexts: readonly string[];
  /** Words that the server has not taken: they are the user's to send again. */
  readonly unsent: string;
}

export type Event =
  | { readonly kind: "stored"; readonly chat: Stored }
  | { readonly kind: "asked"; readonly messageId: string; readonly text: string }
  | { readonly kind: "resumed" }
  | { readonly kind: "created"; readonly chatId: string }
  | { readonly kind: "partial"; readonly partial: Partial }
  | { readonly kind: "progress"; readonly text: string }
  | { readonly kind: "failed"; readonly sentence: string }
  | { readonly kind: "ended" }
  | { readonly kind: "taken" }
  | { readonly kind: "preset"; readonly name: string }
  | { readonly kind: "presetInUse"; readonly name: string }
  | { readonly kind: "contexts"; readonly names: readonly string[] }
  | { readonly kind: "connected" }
  | { readonly kind: "disconnected" };

export const EMPTY: Chat = {
  chatId: "",
  title: "",
  preset: "",
  presetInUse: "",
  turns: [],
  isRunning: false,
  isConnected: false,
  progress: "",
  problem: "",
  contexts: [],
  unsent: "",
};

/** The chat after an event. */
export function after(chat: Chat, event: Event): Chat {
  switch (event.kind) {
    case "stored":
      return stored(chat, event.chat);
    case "asked":
      return asked(chat, event);
    case "resumed":
      return resumed(chat);
    case "created":
      return { ...chat, chatId: event.chatId };
    case "partial":
      return partial(chat, event.partial);
    case "progress":
      return { ...chat, progress: event.text };
    case "failed":
      return failed(chat, event.sentence);
    case "ended":
      return { ...chat, isRunning: false, progress: "" };
    case "taken":
      return { ...chat, unsent: "" };
    case "preset":
      return { ...chat, preset: event.name };
    case "presetInUse":
      return { ...chat, presetInUse: event.name };
    case "contexts":
      return { ...chat, contexts: event.names };
    case "connected":
      return { ...chat, isConnected: true };
    case "disconnected":
      return { ...chat, isConnected: false, isRunning: false, progress: "", problem: "" };
  }
}

/** The file is the truth: whatever was shown of this chat gives way to it. */
function stored(chat: Chat, file: Stored): Chat {
  const isSame = chat.chatId === file.chatId;
  const turns = turnsOf(file.messages);
  const mine = isSame ? chat.turns.findLast((turn) => turn.role === "user") : undefined;
  const isThere = mine === undefined || file.messages.some(({ messageId }) => messageId === mine.messageId);
  return {
    ...chat,
    chatId: file.chatId,
    title: file.title,
    preset: (isSame && chat.preset) || file.preset,
    turns,
    unsent: isThere ? chat.unsent : mine.text,
    problem: file.problems[0] ?? chat.problem,
  };
}

function failed(chat: Chat, problem: string): Chat {
  const last = chat.turns.at(-1);
  // Where there is no chat yet, no file can say that the words were not taken.
  return chat.chatId === "" && last?.role === "user"
    ? { ...chat, problem, turns: [], unsent: last.text }
    : { ...chat, problem };
}

/** What has the id of an earlier turn takes its place, and what came behind that goes. */
function asked(chat: Chat, event: Event & { kind: "asked" }): Chat {
  const { messageId, text } = event;
  const place = chat.turns.findIndex((turn) => turn.messageId === messageId);
  const before = place < 0 ? chat.turns : chat.turns.slice(0, place);
  const turns: readonly Turn[] = text === "" ? before : [...before, { role: "user", messageId, text }];
  return { ...chat, turns, isRunning: true, problem: "", progress: "", unsent: "" };
}

/** The last answer is one that comes, in its own place. */
function resumed(chat: Chat): Chat {
  const last = chat.turns.at(-1);
  const turns = last?.role === "assistant" ? [...chat.turns.slice(0, -1), { ...last, status: "" }] : chat.turns;
  return { ...chat, turns, isRunning: true, problem: "", progress: "" };
}

function partial(chat: Chat, news: Partial): Chat {
  if (news.kind === "chat") {
    return { ...chat, chatId: news.chatId };
  }
  const [before, answer] = answerOf(chat.turns);
  return { ...chat, turns: [...before, { ...answer, parts: extended(answer.parts, news) }] };
}
