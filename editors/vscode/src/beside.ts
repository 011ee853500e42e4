/**
 * Shows what the server opens of its own accord, such as the file that a model wants to change: beside the editor in
 * front, because keys go to whatever is in front, and someone may be typing there.
 */

import { Uri, ViewColumn, window, workspace } from "vscode";
import type { ShowDocumentParams } from "vscode-languageclient/node";

/** Show a file of the workspace beside; false where this is none, or where it was asked for. */
export async function showBeside({ uri, takeFocus }: ShowDocumentParams): Promise<boolean> {
  const file = Uri.parse(uri);
  if (takeFocus === true || workspace.getWorkspaceFolder(file) === undefined) {
    return false;
  }
  await window.showTextDocument(file, { viewColumn: columnFor(file), preserveFocus: true });
  return true;
}

/** The column in front where the document is there already, else the one beside it. */
export function columnFor(document: Uri): ViewColumn {
  const active = window.activeTextEditor?.document.uri.toString();
  return active === undefined || active === document.toString() ? ViewColumn.Active : ViewColumn.Beside;
}
