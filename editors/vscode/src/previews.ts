/**
 * Previews side by side: where the server would show the difference as a file, the document is shown beside the answer.
 * The difference counts lines from the place that was asked about, so that this place is remembered. Of a document that
 * has changed since, and of a place that is not known, the server's file is shown.
 */

import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import {
  commands,
  type Disposable,
  type Range,
  type TextDocument,
  type TextDocumentContentProvider,
  TabInputTextDiff,
  Uri,
  window,
  workspace,
} from "vscode";
import type { ShowDocumentParams } from "vscode-languageclient/node";
import { openDocument, toRange } from "./documents";
import { patched } from "./patch";
import type { Argument } from "./protocol";
import type { Done } from "./serverCommands";

const SCHEME = "lsp-llm-preview";
const JOB = /\.([^.]+)\.diff$/;

/** What a job was asked about. */
interface Question {
  readonly document: TextDocument;
  readonly version: number;
  readonly start: number;
  readonly end: number;
}

/** The job whose answer a document of ours shows. */
export function jobOfPreview(uri: Uri): string | undefined {
  return uri.scheme === SCHEME ? uri.query : undefined;
}

export class Previews implements TextDocumentContentProvider, Disposable {
  private readonly answers = new Map<string, string>();
  private readonly questions = new Map<string, Question>();
  private readonly registered = workspace.registerTextDocumentContentProvider(SCHEME, this);

  /** Remember what a job was asked about. */
  remember({ name, argument, answer }: Done): void {
    const { jobId } = answer;
    if (typeof jobId !== "string") {
      return;
    }
    const question = asked(name, argument) ?? this.questions.get(argument.jobId ?? "");
    if (question) {
      this.questions.set(jobId, question);
    }
  }

  provideTextDocumentContent(uri: Uri): string | undefined {
    return this.answers.get(uri.query);
  }

  /** Show a difference of the server's side by side; false where this is none, or none of the text that is here. */
  async show({ uri }: ShowDocumentParams): Promise<boolean> {
    const file = Uri.parse(uri);
    const jobId = JOB.exec(file.path)?.[1];
    const question = jobId === undefined ? undefined : this.questions.get(jobId);
    if (jobId === undefined || question === undefined || question.version !== question.document.version) {
      return false;
    }
    const { document, start, end } = question;
    const text = document.getText();
    const answer = patched(text.slice(start, end), await readFile(file.fsPath, "utf8"));
    if (answer === undefined) {
      return false;
    }
    this.answers.set(jobId, text.slice(0, start) + answer + text.slice(end));
    const beside = Uri.from({ scheme: SCHEME, path: document.uri.path, query: jobId });
    const title = `LLM: answer for ${basename(document.uri.path)}`;
    await commands.executeCommand("vscode.diff", document.uri, beside, title, { preview: false });
    return true;
  }

  /** Close the preview of a job that was taken or dropped. */
  async close(jobId: string): Promise<void> {
    const tabs = window.tabGroups.all.flatMap((group) => group.tabs);
    const shown = tabs.filter(
      ({ input }) => input instanceof TabInputTextDiff && jobOfPreview(input.modified) === jobId,
    );
    this.answers.delete(jobId);
    this.questions.delete(jobId);
    await window.tabGroups.close(shown);
  }

  /** Another server has other jobs. */
  clear(): void {
    this.answers.clear();
    this.questions.clear();
  }

  dispose(): void {
    this.registered.dispose();
  }
}

/** The place of a command: what would be replaced, or where the answer would go. */
function asked(name: string, { uri, range }: Argument): Question | undefined {
  const document = uri === undefined ? undefined : openDocument(uri);
  if (document === undefined || range === undefined) {
    return undefined;
  }
  const place = toRange(range);
  const end = document.offsetAt(place.end);
  const start = name === "yap" || place.isEmpty ? end : document.offsetAt(indented(document, place).start);
  return { document, version: document.version, start, end };
}

/** What begins behind the blanks of its line begins at the line's start (PROTOCOL.md, "Commands"). */
function indented(document: TextDocument, place: Range): Range {
  const { firstNonWhitespaceCharacterIndex: blanks } = document.lineAt(place.start);
  return place.start.character <= blanks ? place.with(place.start.with({ character: 0 })) : place;
}
