/** The commands of the chat view, which are in its title and among the keys. What is refused is told as a message. */

import { commands, Disposable, window } from "vscode";
import { choosePreset } from "../picks";
import { PRESETS, type PresetList } from "../protocol";
import { pickChat } from "./chatList";
import { selectionHere } from "./contexts";
import type { Desk } from "./desk";
import type { Line } from "./line";
import { DELETE, RENAME } from "./protocol";

export class ChatCommands implements Disposable {
  private readonly registered: Disposable;

  constructor(
    private readonly desk: Desk,
    private readonly line: Line,
  ) {
    const actions: Record<string, () => unknown> = {
      chatView: () => this.focus(),
      newChat: () => this.begin(),
      openChat: () => this.attempt(() => this.open()),
      renameChat: () => this.attempt(() => this.rename()),
      deleteChat: () => this.attempt(() => this.remove()),
      addSelection: () => this.addSelection(),
    };
    const registered = Object.entries(actions).map(([name, action]) =>
      commands.registerCommand(`lspLlm.${name}`, action),
    );
    this.registered = Disposable.from(...registered);
  }

  /** Have the user choose the preset of the next turns. */
  async pickPreset(): Promise<void> {
    await this.attempt(async () => {
      const found = await this.line.ask<PresetList>(PRESETS, {});
      const name = await choosePreset(found, this.desk.shown.chat.preset || found.chosen);
      if (name !== undefined) {
        this.desk.shown.happen({ kind: "preset", name });
      }
    });
    this.desk.focusPage();
  }

  /** Have the selection go along with the next turn. */
  async addSelection(): Promise<void> {
    const selection = selectionHere();
    if (selection) {
      this.desk.addContext(selection);
      await this.focus();
    }
  }

  dispose(): void {
    this.registered.dispose();
  }

  private async focus(): Promise<void> {
    await commands.executeCommand("lsp-llm.chat.focus");
    this.desk.focusPage();
  }

  private async begin(): Promise<void> {
    this.desk.begin();
    await this.focus();
  }

  private async open(): Promise<void> {
    const chatId = await pickChat(this.line);
    if (chatId !== undefined) {
      await this.desk.open(chatId);
    }
    await this.focus();
  }

  private async rename(): Promise<void> {
    const { chatId, title } = this.desk.shown.chat;
    const wanted = isSaved(chatId) && (await window.showInputBox({ title: "LLM: title of the chat", value: title }));
    if (wanted) {
      await this.line.ask(RENAME, { chatId, title: wanted });
      await this.desk.shown.read(chatId);
    }
  }

  private async remove(): Promise<void> {
    const { chatId, title } = this.desk.shown.chat;
    const question = `Delete the chat "${title || chatId}"?`;
    if (isSaved(chatId) && (await window.showWarningMessage(question, { modal: true }, "Delete")) === "Delete") {
      await this.line.ask(DELETE, { chatId });
      await this.begin();
    }
  }

  private async attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      void window.showErrorMessage(`LLM: ${(error as Error).message}`);
    }
  }
}

/** Whether there is such a chat; the user is told where nothing was sent yet. */
function isSaved(chatId: string): boolean {
  if (chatId === "") {
    void window.showInformationMessage("LLM: nothing was sent in this chat yet.");
  }
  return chatId !== "";
}
