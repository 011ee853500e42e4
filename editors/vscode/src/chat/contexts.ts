/** What goes along with the next turn: selections, as the user has added them. */

import { window, workspace } from "vscode";
import { toLsp } from "../documents";
import type { SelectionContext } from "./protocol";

/** The selection of the active editor; undefined, and told, where nothing is selected. */
export function selectionHere(): SelectionContext | undefined {
  const editor = window.activeTextEditor;
  if (editor === undefined || editor.selection.isEmpty) {
    void window.showInformationMessage("LLM: select something in a file first.");
    return undefined;
  }
  return { type: "selection", uri: editor.document.uri.toString(), range: toLsp(editor.selection) };
}

/** What a selection is called: its file, and its lines counted from 1. */
export function nameOf({ uri, range }: SelectionContext): string {
  const file = workspace.textDocuments.find((document) => document.uri.toString() === uri)?.uri;
  const name = file ? workspace.asRelativePath(file, false) : uri;
  const last = range.end.character === 0 && range.end.line > range.start.line ? range.end.line : range.end.line + 1;
  const first = range.start.line + 1;
  return first === last ? `${name}:${first}` : `${name}:${first}-${last}`;
}
