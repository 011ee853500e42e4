/**
 * `lsp-llm/edit`: carries out what the server writes, without moving the cursor. An edit for an older text is refused,
 * and comes again for the newer one.
 */

import { type TextDocument, WorkspaceEdit, workspace } from "vscode";
import { openDocument, toRange, visibleEditor } from "./documents";
import type { EditAnswer, StreamedEdit } from "./protocol";
import type { Places } from "./places";
import type { Undo } from "./undo";

const APPLIED: EditAnswer = { applied: true };

export class Edits {
  constructor(
    private readonly undo: Undo,
    private readonly places: Places,
  ) {}

  /** Carry out one message, and answer as for workspace/applyEdit. */
  async take(edit: StreamedEdit): Promise<EditAnswer> {
    const document = openDocument(edit.uri);
    if (document === undefined) {
      return refused("the document is not open");
    }
    switch (edit.kind) {
      case "begin":
        return this.begin(document, edit);
      case "insert":
        return this.insert(document, edit);
      case "end":
      case "abort":
        this.undo.end(document, edit.jobId);
        this.places.end(document, edit.jobId, edit.kind);
        return APPLIED;
    }
  }

  private begin(document: TextDocument, { jobId, range }: StreamedEdit): EditAnswer {
    this.undo.begin(document, jobId);
    if (range) {
      this.places.begin(document, jobId, toRange(range));
    }
    return APPLIED;
  }

  private async insert(document: TextDocument, edit: StreamedEdit): Promise<EditAnswer> {
    if (edit.version !== null && edit.version !== document.version) {
      return refused(`version ${edit.version} was meant, ${document.version} is here`);
    }
    if (this.undo.isMoving(document)) {
      return refused("the user is undoing");
    }
    const isFirst = this.undo.isFresh(document);
    const before = isFirst ? document.getText() : "";
    if (!(await write(document, edit.edits ?? [], isFirst))) {
      return refused("the document has changed");
    }
    if (isFirst) {
      this.undo.began(document, before);
    }
    return APPLIED;
  }
}

/** Both ways are refused by VS Code when keys have come in between. */
async function write(
  document: TextDocument,
  edits: NonNullable<StreamedEdit["edits"]>,
  undoStopBefore: boolean,
): Promise<boolean> {
  const editor = visibleEditor(document);
  if (editor === undefined) {
    const together = new WorkspaceEdit();
    edits.forEach(({ range, text }) => together.replace(document.uri, toRange(range), text));
    return workspace.applyEdit(together);
  }
  try {
    return await editor.edit((builder) => edits.forEach(({ range, text }) => builder.replace(toRange(range), text)), {
      undoStopBefore,
      undoStopAfter: false,
    });
  } catch {
    // The editor was closed at this moment.
    return false;
  }
}

function refused(failureReason: string): EditAnswer {
  return { applied: false, failureReason };
}
