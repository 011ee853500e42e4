/**
 * Previews side by side: where the server would show the difference as a file, the document is shown beside the answer.
 * Where that is not the text that the difference is of any more, the server's file is shown.
 */

import { readFile } from "node:fs/promises";
import { basename, isAbsolute } from "node:path";
import {
  commands,
  Disposable,
  EventEmitter,
  type TextDocument,
  type TextDocumentContentProvider,
  TabInputTextDiff,
  Uri,
  window,
  workspace,
} from "vscode";
import type { ShowDocumentParams } from "vscode-languageclient/node";
import { columnFor } from "./beside";
import { openDocument } from "./documents";
import { documentOf, patched } from "./patch";

const SCHEME = "lsp-llm-preview";
const JOB = /\.([^.]+)\.diff$/;

/** The job whose answer a document of ours shows. */
export function jobOfPreview(uri: Uri): string | undefined {
  return uri.scheme === SCHEME ? uri.query : undefined;
}

export class Previews implements TextDocumentContentProvider, Disposable {
  private readonly answers = new Map<string, string>();
  private readonly changed = new EventEmitter<Uri>();
  private readonly parts: Disposable;
  readonly onDidChange = this.changed.event;

  constructor() {
    this.parts = Disposable.from(this.changed, workspace.registerTextDocumentContentProvider(SCHEME, this));
  }

  provideTextDocumentContent(uri: Uri): string | undefined {
    return this.answers.get(uri.query);
  }

  /** Show a difference of the server's side by side; false where this is none, or none of the text that is here. */
  async show({ uri, takeFocus }: ShowDocumentParams): Promise<boolean> {
    const file = Uri.parse(uri);
    const jobId = JOB.exec(file.path)?.[1];
    if (jobId === undefined) {
      return false;
    }
    const difference = await readFile(file.fsPath, "utf8");
    const document = named(documentOf(difference) ?? "");
    const answer = document && patched(document.getText(), difference);
    if (document === undefined || answer === undefined) {
      return false;
    }
    this.answers.set(jobId, answer);
    const beside = Uri.from({ scheme: SCHEME, path: document.uri.path, query: jobId });
    // Another answer of the job may be shown there.
    this.changed.fire(beside);
    const title = `LLM: answer for ${basename(document.uri.path)}`;
    await commands.executeCommand("vscode.diff", document.uri, beside, title, {
      preview: false,
      viewColumn: columnFor(document.uri),
      preserveFocus: takeFocus !== true,
    });
    return true;
  }

  /** Close the preview of a job that was taken or dropped. */
  async close(jobId: string): Promise<void> {
    const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
    const shown = tabs.filter(
      ({ input }) => input instanceof TabInputTextDiff && jobOfPreview(input.modified) === jobId,
    );
    this.answers.delete(jobId);
    await window.tabGroups.close(shown);
  }

  /** Another server has other jobs. */
  clear(): void {
    this.answers.clear();
  }

  dispose(): void {
    this.parts.dispose();
  }
}

/** The open document of this path or URI. */
function named(name: string): TextDocument | undefined {
  return openDocument(isAbsolute(name) ? Uri.file(name).toString() : name);
}
