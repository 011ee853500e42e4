/** Runs the server's commands, wherever they come from, and tells who wants to know what was done. */

import { type CodeAction, type CodeLens, type Command, commands, type Disposable, EventEmitter } from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import type { Argument } from "./protocol";
import type { Server } from "./server";

/** Our name for any command of the server's: the first argument is its own name. */
const EXECUTE = "lspLlm.execute";

/** A command that the server has carried out. */
export interface Done {
  /** Without `lsp-llm.`. */
  readonly name: string;
  readonly argument: Argument;
  readonly answer: Readonly<Record<string, unknown>>;
}

export class ServerCommands implements Disposable {
  private readonly done = new EventEmitter<Done>();
  private readonly registered: Disposable;
  readonly onDidRun = this.done.event;

  constructor(private readonly server: Server) {
    this.registered = commands.registerCommand(EXECUTE, (command: string, argument: Argument) =>
      this.run(command.replace(/^lsp-llm\./, ""), argument),
    );
  }

  /** Run one; undefined where it was refused, which the user has been told. */
  async run(name: string, argument: Argument): Promise<Done["answer"] | undefined> {
    const params = { command: `lsp-llm.${name}`, arguments: [argument] };
    const answer = await this.server.request<Done["answer"]>("workspace/executeCommand", params);
    if (answer !== undefined) {
      this.done.fire({ name, argument, answer });
    }
    return answer;
  }

  dispose(): void {
    this.registered.dispose();
    this.done.dispose();
  }
}

/** Commands in menus and lenses go by our name, because the server's names may be another client's. */
export const NAMES: Middleware = {
  provideCodeActions: async (document, range, context, token, next) =>
    (await next(document, range, context, token))?.map((action) =>
      isCommand(action) ? ours(action) : renamed(action),
    ),
  provideCodeLenses: async (document, token, next) => (await next(document, token))?.map(renamed),
};

function isCommand(action: Command | CodeAction): action is Command {
  return typeof action.command === "string";
}

function renamed<Entry extends CodeAction | CodeLens>(entry: Entry): Entry {
  if (entry.command) {
    entry.command = ours(entry.command);
  }
  return entry;
}

function ours(command: Command): Command {
  return { ...command, command: EXECUTE, arguments: [command.command, ...(command.arguments ?? [])] };
}
