/** The list of chats as a quick pick: what is typed is looked for in the chats themselves. */

import { type QuickPickItem, window } from "vscode";
import type { Line } from "./line";
import { LIST, type Summary } from "./protocol";

type Item = QuickPickItem & { readonly chatId: string };

/** The chat that the user picks; undefined where none is wanted. Throws an Error with a sentence. */
export async function pickChat(line: Line): Promise<string | undefined> {
  const pick = window.createQuickPick<Item>();
  let wanted = "";
  const look = async (query: string): Promise<void> => {
    wanted = query;
    const { chats } = await line.ask<{ chats: readonly Summary[] }>(LIST, { query });
    if (wanted === query) {
      pick.items = chats.map(asItem);
    }
  };
  try {
    pick.title = "LLM: chats";
    pick.placeholder = "words that stand in the chat";
    await look("");
    const picked = new Promise<string | undefined>((resolve) => {
      pick.onDidAccept(() => resolve(pick.selectedItems[0]?.chatId));
      pick.onDidHide(() => resolve(undefined));
    });
    pick.onDidChangeValue((query) => void look(query).catch(() => undefined));
    pick.show();
    return await picked;
  } finally {
    pick.dispose();
  }
}

function asItem({ chatId, title, updated, preset }: Summary): Item {
  const when = updated.replace("T", " ").slice(0, 16);
  // It was found by the server; VS Code would look in the title alone.
  return { chatId, label: title || chatId, description: when, detail: preset, alwaysShow: true };
}
