/** The page's way to the extension, and what the page keeps while it is closed. */

import type { FromPage } from "../messages";

interface Kept {
  readonly draft: string;
}

declare function acquireVsCodeApi(): {
  postMessage(message: FromPage): void;
  getState(): Kept | undefined;
  setState(kept: Kept): void;
};

const vscode = acquireVsCodeApi();

export function post(message: FromPage): void {
  vscode.postMessage(message);
}

/** The words that were typed and not sent. */
export function keptDraft(): string {
  return vscode.getState()?.draft ?? "";
}

export function keepDraft(draft: string): void {
  vscode.setState({ draft });
}
