/** Where a command is to work: the selection, and what stands for one where nothing is selected. */

import { Range, type TextEditor, window } from "vscode";
import type { Range as LspRange } from "vscode-languageclient/node";
import { toLsp } from "./documents";

export interface Place {
  readonly uri: string;
  readonly range: LspRange;
}

/** The selection, or the place that `otherwise` gives; undefined, and told, where no file is open. */
export function placeHere(otherwise: (editor: TextEditor) => Range): Place | undefined {
  const editor = window.activeTextEditor;
  if (editor === undefined) {
    void window.showInformationMessage("LLM: open a file first.");
    return undefined;
  }
  const range = editor.selection.isEmpty ? otherwise(editor) : editor.selection;
  return { uri: editor.document.uri.toString(), range: toLsp(range) };
}

/** The line of the cursor, with its line end. */
export function cursorLine({ document, selection }: TextEditor): Range {
  return document.lineAt(selection.active).rangeIncludingLineBreak;
}

export function lineEnd({ document, selection }: TextEditor): Range {
  const { end } = document.lineAt(selection.active).range;
  return new Range(end, end);
}

export function cursor({ selection }: TextEditor): Range {
  return new Range(selection.active, selection.active);
}
