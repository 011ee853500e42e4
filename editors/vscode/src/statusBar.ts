/** The entry of the status bar: the preset in use, and what runs. A click chooses another preset. */

import { type Disposable, StatusBarAlignment, type StatusBarItem, window } from "vscode";
import type { Jobs } from "./jobs";
import { statusText } from "./wording";

export class StatusBar implements Disposable {
  private readonly item: StatusBarItem = window.createStatusBarItem("lspLlm.status", StatusBarAlignment.Right, 100);
  private preset = "";

  constructor(private readonly jobs: Jobs) {
    this.item.name = "LLM";
    this.item.tooltip = "lsp-llm: choose the preset";
    this.item.command = "lspLlm.preset";
  }

  use(preset: string): void {
    this.preset = preset;
    this.refresh();
  }

  refresh(): void {
    this.item.text = statusText(this.preset, this.jobs.statuses());
    this.item.show();
  }

  hide(): void {
    this.item.hide();
  }

  dispose(): void {
    this.item.dispose();
  }
}
