/** The line to the server that runs at the moment, for the chat requests. It keeps no chat. */

import { Disposable, EventEmitter } from "vscode";
import { ProgressType, State, WorkDoneProgress } from "vscode-languageclient/node";
import type { Client } from "../client";
import type { Partial } from "./protocol";

const PARTIAL = new ProgressType<Partial>();

/** Whoever waits for an answer. */
export interface Listener {
  partial(news: Partial): void;
  progress(words: string): void;
}

export class Line implements Disposable {
  private client: Client | undefined;
  private count = 0;
  private readonly changed = new EventEmitter<boolean>();
  /** True: a server can be asked; false: it has gone. */
  readonly onDidChange = this.changed.event;

  /** The part of a client (server.ts). */
  attach(client: Client): Disposable {
    return Disposable.from(
      client.onDidChangeState(({ newState }) => newState === State.Running && this.use(client)),
      new Disposable(() => this.use(undefined)),
    );
  }

  get isOpen(): boolean {
    return this.client !== undefined;
  }

  /** Ask; throws an Error with a sentence to show. */
  async ask<Answer>(method: string, params: object): Promise<Answer> {
    if (this.client === undefined) {
      throw new Error("No server runs.");
    }
    try {
      return await this.client.sendRequest<Answer>(method, params);
    } catch (error) {
      throw new Error(sentence(error));
    }
  }

  /** The same, and `listener` is told what comes meanwhile. */
  async follow<Answer>(method: string, params: object, listener: Listener): Promise<Answer> {
    const number = ++this.count;
    const [partialResultToken, workDoneToken] = [`lsp-llm-chat-${number}`, `lsp-llm-chat-work-${number}`];
    const following = [
      this.client?.onProgress(PARTIAL, partialResultToken, (news) => listener.partial(news)),
      this.client?.onProgress(WorkDoneProgress.type, workDoneToken, (work) => listener.progress(work.message ?? "")),
    ];
    try {
      return await this.ask<Answer>(method, { ...params, partialResultToken, workDoneToken });
    } finally {
      following.forEach((part) => part?.dispose());
    }
  }

  dispose(): void {
    this.changed.dispose();
  }

  private use(client: Client | undefined): void {
    if (this.client !== client) {
      this.client = client;
      this.changed.fire(client !== undefined);
    }
  }
}

/** The server's sentence, and its hint on what to do. */
function sentence(error: unknown): string {
  const { message, data } = error as Error & { readonly data?: { readonly hint?: string } };
  const hint = data?.hint;
  return hint && !message.includes(hint) ? `${message} ${hint}` : message;
}
