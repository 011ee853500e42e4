/**
 * The server's life: it is found, started, asked, and started again. Where it cannot be had, the user is told once, in
 * its own words and with what to do.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as wait } from "node:timers/promises";
import { createInterface } from "node:readline";
import { commands, type Disposable, type LogOutputChannel, window } from "vscode";
import { CloseAction, ErrorAction, type LanguageClientOptions } from "vscode-languageclient/node";
import { Client } from "./client";
import { findProgram } from "./finding";
import { LastWords } from "./lastWords";
import { SECTION, wantedProgram } from "./settings";

/** An ability of the extension over a client: it is called for each client before that starts. */
export type Part = (client: Client) => Disposable;

const INSTALL = "Install it (pipx install lsp-llm), or say where it is in the setting lsp-llm.path.";
const LAST_WORDS_MILLISECONDS = 2000;

export class Server implements Disposable {
  private client: Client | undefined;
  private attached: Disposable[] = [];
  private lastWords = new LastWords();
  private process: ChildProcess | undefined;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly log: LogOutputChannel,
    private readonly options: LanguageClientOptions,
    private readonly parts: readonly Part[],
  ) {}

  /** Start it, after ending the one that runs; one start after the other. */
  restart(): Promise<void> {
    this.turn = this.turn.catch(() => undefined).then(() => this.begin());
    return this.turn;
  }

  async stop(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.detach();
    // One that has died cannot be asked to stop.
    if (client?.isRunning()) {
      await client.stop().catch((error: unknown) => this.log.warn(sentence(error)));
    }
    // One that would not stop has had its time.
    this.process?.kill();
  }

  /** Ask; a refusal is shown to the user and gives undefined. */
  async request<Answer>(method: string, params: object): Promise<Answer | undefined> {
    if (!this.client?.isRunning()) {
      this.tell("no server runs.");
      return undefined;
    }
    try {
      return await this.client.sendRequest<Answer>(method, params);
    } catch (error) {
      void window.showErrorMessage(`LLM: ${sentence(error)}`);
      return undefined;
    }
  }

  dispose(): Thenable<void> {
    return this.stop();
  }

  private async begin(): Promise<void> {
    await this.stop();
    const name = wantedProgram();
    const program = findProgram(name, process.env["PATH"] ?? "", process.platform);
    if (program === undefined) {
      this.tell(`"${name}" ${/[\\/]/.test(name) ? "is no program" : "is not on the PATH"}. ${INSTALL}`);
      return;
    }
    await this.start(program);
  }

  private async start(program: string): Promise<void> {
    this.lastWords = new LastWords();
    const client = new Client(SECTION, "lsp-llm", () => this.spawn(program), {
      ...this.options,
      outputChannel: this.log,
      stdioOptions: { stdout: () => undefined, stderr: () => undefined },
      initializationFailedHandler: () => false,
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => {
          void this.ended(client);
          return { action: CloseAction.DoNotRestart, handled: true };
        },
      },
    });
    this.attached = this.parts.map((part) => part(client));
    try {
      await client.start();
      this.client = client;
    } catch (error) {
      this.detach();
      await this.hearOut();
      this.tell(`${program} ended at once: ${this.lastWords.sentence() || sentence(error)} ${INSTALL}`);
    }
  }

  private async spawn(program: string): Promise<ChildProcess> {
    const child = spawn(program, ["--stdio"], { stdio: "pipe" });
    this.process = child;
    createInterface({ input: child.stderr }).on("line", (line) => {
      this.lastWords.add(line);
      this.log.info(line);
    });
    await once(child, "spawn");
    // A write to a program that has gone is no news: its end is told.
    child.stdin.on("error", () => undefined);
    return child;
  }

  /** The server has gone without being asked to. */
  private async ended(client: Client): Promise<void> {
    if (this.client !== client) {
      return;
    }
    this.client = undefined;
    this.detach();
    await this.hearOut();
    this.tell(`the server has ended: ${this.lastWords.sentence() || "without a word."}`);
  }

  /** Wait until the process has said all that it will. */
  private async hearOut(): Promise<void> {
    if (this.process && this.process.exitCode === null && this.process.signalCode === null) {
      await Promise.race([once(this.process, "close"), wait(LAST_WORDS_MILLISECONDS)]);
    }
  }

  private detach(): void {
    for (const part of this.attached.splice(0)) {
      part.dispose();
    }
  }

  private tell(words: string): void {
    this.log.error(words);
    void window.showErrorMessage(`LLM: ${words}`, "Show Log", "Settings", "Start Again").then((choice) => {
      switch (choice) {
        case "Show Log":
          return this.log.show();
        case "Settings":
          return commands.executeCommand("workbench.action.openSettings", "lsp-llm.path");
        case "Start Again":
          return this.restart();
        default:
          return undefined;
      }
    });
  }
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
