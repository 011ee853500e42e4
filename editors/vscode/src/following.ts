/** Follows what the server says of jobs: the status bar shows it, and Esc is ours in a file in which a job runs. */

import { commands, Disposable, window, workspace } from "vscode";
import type { Client } from "./client";
import { openDocument } from "./documents";
import type { Jobs } from "./jobs";
import { PRESETS, type PresetList, STATUS, type Status } from "./protocol";
import type { ServerCommands } from "./serverCommands";
import { SECTION } from "./settings";
import type { StatusBar } from "./statusBar";

export class Following {
  constructor(
    private readonly jobs: Jobs,
    private readonly statusBar: StatusBar,
    private readonly run: ServerCommands,
  ) {}

  /** The part of a client (server.ts). */
  attach(client: Client): Disposable {
    return Disposable.from(
      client.onNotification(STATUS, (status: Status) => this.update(status)),
      client.onDidChangeState(() => this.readPreset(client)),
      window.onDidChangeActiveTextEditor(() => this.showEscape()),
      this.run.onDidRun(({ name }) => name === "preset" && this.readPreset(client)),
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SECTION)) {
          void this.reread(client);
        }
      }),
      new Disposable(() => this.forget()),
    );
  }

  private update(status: Status): void {
    this.jobs.update(status);
    this.statusBar.refresh();
    this.showEscape();
  }

  private showEscape(): void {
    const active = window.activeTextEditor?.document;
    const isRunning = this.jobs.runningIn().some((uri) => active !== undefined && openDocument(uri) === active);
    void commands.executeCommand("setContext", "lspLlm.isRunning", isRunning);
  }

  /** The server asks for the settings when it hears that they have changed. */
  private async reread(client: Client): Promise<void> {
    if (client.isRunning()) {
      await client.sendNotification("workspace/didChangeConfiguration", { settings: null });
      await this.readPreset(client);
    }
  }

  /** Where it cannot be had, the former one stands. */
  private async readPreset(client: Client): Promise<void> {
    const found = client.isRunning() && (await client.sendRequest<PresetList>(PRESETS, {}).catch(() => undefined));
    if (found) {
      this.statusBar.use(found.chosen);
    }
  }

  private forget(): void {
    this.jobs.clear();
    this.statusBar.hide();
    this.showEscape();
  }
}
