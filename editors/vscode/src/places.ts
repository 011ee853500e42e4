/** Where jobs have written in open documents, followed through every change, with lenses over those that have ended. */

import {
  CodeLens,
  type CodeLensProvider,
  Disposable,
  EventEmitter,
  languages,
  Range,
  type TextDocument,
  type TextDocumentChangeEvent,
  type TextEditor,
  workspace,
} from "vscode";
import { Regions } from "./regions";

const CHAT = ".chat.md";

export class Places implements CodeLensProvider, Disposable {
  private readonly regions = new Map<TextDocument, Regions>();
  private readonly changed = new EventEmitter<void>();
  private readonly parts: Disposable;
  readonly onDidChangeCodeLenses = this.changed.event;

  constructor() {
    this.parts = Disposable.from(
      this.changed,
      languages.registerCodeLensProvider([{ scheme: "file" }, { scheme: "untitled" }], this),
      workspace.onDidChangeTextDocument((event) => this.follow(event)),
      workspace.onDidCloseTextDocument((document) => this.regions.delete(document)),
    );
  }

  begin(document: TextDocument, jobId: string, range: Range): void {
    const regions = this.regions.get(document) ?? new Regions();
    this.regions.set(document, regions);
    regions.begin(jobId, { start: document.offsetAt(range.start), end: document.offsetAt(range.end) });
    this.changed.fire();
  }

  end(document: TextDocument, jobId: string, kind: "end" | "abort"): void {
    const regions = this.regions.get(document);
    if (kind === "end") {
      regions?.settle(jobId);
    } else {
      regions?.forget(jobId);
    }
    this.changed.fire();
  }

  /** There is nothing to choose for these jobs any more. */
  forget(jobIds: Iterable<string>): void {
    for (const jobId of jobIds) {
      this.regions.forEach((regions) => regions.forget(jobId));
    }
    this.changed.fire();
  }

  /** Another server has other jobs. */
  clear(): void {
    this.regions.clear();
    this.changed.fire();
  }

  /** The job whose text the cursor is in. */
  jobAt({ document, selection }: TextEditor): string | undefined {
    return this.regions.get(document)?.at(document.offsetAt(selection.active));
  }

  provideCodeLenses(document: TextDocument): CodeLens[] {
    // Chats have lenses of the server's.
    if (document.fileName.endsWith(CHAT)) {
      return [];
    }
    return (this.regions.get(document)?.settled() ?? []).flatMap(({ jobId, start }) => {
      const { line } = document.positionAt(start);
      const lens = (title: string, command: string) =>
        new CodeLens(new Range(line, 0, line, 0), { title, command, arguments: [{ jobId }] });
      return [
        lens("$(check) LLM: accept", "lspLlm.accept"),
        lens("$(discard) restore original", "lspLlm.restore"),
        lens("$(refresh) retry", "lspLlm.retry"),
      ];
    });
  }

  dispose(): void {
    this.parts.dispose();
  }

  private follow({ document, contentChanges }: TextDocumentChangeEvent): void {
    const regions = this.regions.get(document);
    // VS Code tells the last place of the document first, so that each offset is right when its turn comes.
    contentChanges.forEach(({ rangeOffset: offset, rangeLength: length, text }) =>
      regions?.apply({ offset, length, text }),
    );
  }
}
