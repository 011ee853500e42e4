/** Puts a block of code of an answer into the file that is being edited. */

import { window } from "vscode";

/** In the place of the selection, or at the cursor. */
export async function insert(text: string): Promise<void> {
  const editor = window.activeTextEditor;
  if (editor === undefined) {
    void window.showInformationMessage("LLM: open a file first.");
    return;
  }
  const { selection } = editor;
  if (!(await editor.edit((builder) => builder.replace(selection, text)))) {
    void window.showWarningMessage("LLM: the file was not changed: it cannot be, or has changed meanwhile.");
    return;
  }
  await window.showTextDocument(editor.document, editor.viewColumn);
}
