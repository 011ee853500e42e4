/** The conversations that are open: the one that is shown, and those in which an answer still comes. It has no window. */

import { Disposable, EventEmitter } from "vscode";
import { PRESETS, type PresetList } from "../protocol";
import { nameOf } from "./contexts";
import { Conversation } from "./conversation";
import type { Line } from "./line";
import type { ToPage } from "./messages";
import type { SelectionContext } from "./protocol";

export class Desk implements Disposable {
  private readonly conversations = new Set<Conversation>();
  private readonly news = new EventEmitter<ToPage>();
  private readonly following: Disposable;
  private contexts: readonly SelectionContext[] = [];
  private conversation: Conversation;
  /** What a page has to hear. */
  readonly onDidChange = this.news.event;

  constructor(private readonly line: Line) {
    this.conversation = this.made();
    this.following = line.onDidChange((isOpen) => void this.follow(isOpen));
  }

  /** The conversation that is shown. */
  get shown(): Conversation {
    return this.conversation;
  }

  /** Show an empty one. */
  begin(): void {
    this.show(this.made());
  }

  /** Show a chat that there is; throws an Error with a sentence. */
  async open(chatId: string): Promise<void> {
    const running = [...this.conversations].find(({ chat }) => chat.chatId === chatId && chat.isRunning);
    const conversation = running ?? this.made();
    if (!running) {
      await conversation.read(chatId);
    }
    this.show(conversation);
  }

  /** Send a turn with what goes along. */
  async send(text: string): Promise<void> {
    const { shown, contexts } = this;
    this.use([]);
    await shown.send(text, contexts);
    if (shown === this.shown && shown.chat.unsent !== "") {
      this.use([...contexts, ...this.contexts]);
    }
  }

  addContext(context: SelectionContext): void {
    this.use([...this.contexts, context]);
  }

  dropContext(dropped: number): void {
    this.use(this.contexts.filter((_, index) => index !== dropped));
  }

  /** Tell everything there is to show. */
  tellAll(): void {
    this.news.fire({ type: "chat", chat: this.shown.chat });
  }

  /** Have the page take the keys. */
  focusPage(): void {
    this.news.fire({ type: "focus" });
  }

  /** Ask which preset is in use; where that cannot be had, the former one stands. */
  async readPreset(): Promise<void> {
    const found = await this.line.ask<PresetList>(PRESETS, {}).catch(() => undefined);
    if (found) {
      this.shown.happen({ kind: "presetInUse", name: found.chosen });
    }
  }

  dispose(): void {
    this.following.dispose();
    this.news.dispose();
  }

  private made(): Conversation {
    const made: Conversation = new Conversation(this.line, (event) => {
      if (made === this.shown) {
        this.news.fire({ type: "event", event });
      }
    });
    this.conversations.add(made);
    if (this.line.isOpen) {
      made.happen({ kind: "connected" });
    }
    return made;
  }

  private show(conversation: Conversation): void {
    const { presetInUse } = this.shown.chat;
    this.conversation = conversation;
    for (const other of this.conversations) {
      if (other !== conversation && !other.chat.isRunning) {
        this.conversations.delete(other);
      }
    }
    conversation.happen({ kind: "presetInUse", name: presetInUse });
    this.use(this.contexts);
    this.tellAll();
  }

  private async follow(isOpen: boolean): Promise<void> {
    if (!isOpen) {
      this.conversations.forEach((each) => each.happen({ kind: "disconnected" }));
      return;
    }
    await Promise.all([...this.conversations].map((each) => each.connect()));
    await this.readPreset();
  }

  private use(contexts: readonly SelectionContext[]): void {
    this.contexts = contexts;
    this.shown.happen({ kind: "contexts", names: contexts.map(nameOf) });
  }
}
