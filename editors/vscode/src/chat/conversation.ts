/** One chat: asks the server, and tells whoever shows it what has changed. The chat's file is the truth, and is read anew. */

import { randomUUID } from "node:crypto";
import type { Line } from "./line";
import { after, type Chat, EMPTY, type Event } from "./model";
import {
  APPROVE,
  CANCEL,
  CONTINUE,
  CREATE,
  type Decision,
  EDIT,
  GET,
  SEND,
  type SelectionContext,
  type Stored,
} from "./protocol";

export class Conversation {
  private state: Chat = EMPTY;

  /** `tell` is called with everything that happens, after it has happened. */
  constructor(
    private readonly line: Line,
    private readonly tell: (event: Event) => void,
  ) {}

  get chat(): Chat {
    return this.state;
  }

  /** Note something that has happened. */
  happen(event: Event): void {
    this.state = after(this.state, event);
    this.tell(event);
  }

  /** Show a chat that there is; throws an Error with a sentence. */
  async read(chatId: string): Promise<void> {
    this.happen({ kind: "stored", chat: await this.line.ask<Stored>(GET, { chatId }) });
  }

  /** The server is there again. What was shown may not have reached it, and is looked at before anything is sent. */
  async connect(): Promise<void> {
    await this.readAgain();
    if (this.line.isOpen) {
      this.happen({ kind: "connected" });
    }
  }

  /** Send a turn of the user's. */
  async send(text: string, context: readonly SelectionContext[]): Promise<void> {
    const messageId = randomUUID();
    await this.answer({ kind: "asked", messageId, text }, async () => {
      const chatId = this.state.chatId || (await this.create());
      await this.follow(SEND, { chatId, text, messageId, context });
    });
  }

  /** Put other words in the place of an earlier turn, in a chat of its own. */
  async edit(messageId: string, text: string): Promise<void> {
    const { chatId } = this.state;
    await this.answer({ kind: "asked", messageId, text }, () => this.follow(EDIT, { chatId, messageId, text }));
  }

  /** Have the last turn of the user's answered once more. */
  async retry(): Promise<void> {
    const { chatId, turns } = this.state;
    const last = turns.at(-1);
    if (last?.role === "user") {
      await this.answer({ kind: "asked", messageId: "", text: "" }, () => this.follow(SEND, { chatId }));
      return;
    }
    const mine = turns.findLast((turn) => turn.role === "user");
    if (mine) {
      await this.edit(mine.messageId, mine.text);
    }
  }

  /** Have the last answer go on where it was cut off. */
  async goOn(): Promise<void> {
    const { chatId } = this.state;
    await this.answer({ kind: "resumed" }, () => this.follow(CONTINUE, { chatId }));
  }

  async stop(): Promise<void> {
    await this.attempt(CANCEL, {});
  }

  async decide(callId: string, decision: Decision): Promise<void> {
    await this.attempt(APPROVE, { callId, decision });
  }

  private async create(): Promise<string> {
    const { preset } = this.state;
    const { chatId } = await this.line.ask<{ chatId: string }>(CREATE, preset ? { preset } : {});
    this.happen({ kind: "created", chatId });
    return chatId;
  }

  /** What comes is told meanwhile; the chat's file has all of it in the end. */
  private async follow(method: string, params: object): Promise<void> {
    const { preset } = this.state;
    await this.line.follow(method, preset ? { ...params, preset } : params, {
      partial: (partial) => this.happen({ kind: "partial", partial }),
      progress: (text) => this.happen({ kind: "progress", text }),
    });
  }

  private async answer(begun: Event, ask: () => Promise<void>): Promise<void> {
    if (this.state.isRunning) {
      return;
    }
    this.happen(begun);
    try {
      await ask();
    } catch (error) {
      this.fail(error);
    }
    await this.readAgain();
    this.happen({ kind: "ended" });
  }

  private async readAgain(): Promise<void> {
    if (this.state.chatId !== "" && this.line.isOpen) {
      await this.read(this.state.chatId).catch((error: unknown) => this.fail(error));
    }
  }

  private async attempt(method: string, params: object): Promise<void> {
    const { chatId } = this.state;
    await this.line.ask(method, { ...params, chatId }).catch((error: unknown) => this.fail(error));
  }

  /** That the server has gone is said by the line itself. */
  private fail(error: unknown): void {
    this.happen({ kind: "failed", sentence: this.line.isOpen ? (error as Error).message : "" });
  }
}
