/** The open documents and their places, in the words of LSP. */

import { Range, type TextDocument, type TextEditor, window, workspace } from "vscode";
import type { Range as LspRange } from "vscode-languageclient/node";

/** The open document of a URI as a server writes it. */
export function openDocument(uri: string): TextDocument | undefined {
  return workspace.textDocuments.find((document) => document.uri.toString() === uri) ?? byParsedUri(uri);
}

/** Servers may escape other characters than VS Code does. */
function byParsedUri(uri: string): TextDocument | undefined {
  const plain = decodeURIComponent(uri);
  return workspace.textDocuments.find((document) => document.uri.toString(true) === plain);
}

/** An editor that shows the document. */
export function visibleEditor(document: TextDocument): TextEditor | undefined {
  return window.visibleTextEditors.find((editor) => editor.document === document);
}

export function toRange({ start, end }: LspRange): Range {
  return new Range(start.line, start.character, end.line, end.character);
}

export function toLsp({ start, end }: Range): LspRange {
  return {
    start: { line: start.line, character: start.character },
    end: { line: end.line, character: end.character },
  };
}
