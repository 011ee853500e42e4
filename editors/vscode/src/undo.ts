/**
 * Undo and redo of what jobs have written, as one step each. In a document in which a job has written, the keys for undo
 * and redo are ours: at a text that groups.ts knows they go on until they are at the other end, else they do one step as
 * ever.
 */

import { commands, type Disposable, Disposable as Disposables, type TextDocument, window, workspace } from "vscode";
import { Groups } from "./groups";

/** More steps than this are not one fill. */
const MOST_STEPS = 2000;

type Direction = "undo" | "redo";

export class Undo implements Disposable {
  private readonly groups = new Map<TextDocument, Groups>();
  private readonly parts: Disposable;
  private turn: Promise<void> = Promise.resolve();
  private moving: TextDocument | undefined;

  /** `undone` is told the jobs whose text has gone. */
  constructor(private readonly undone: (jobIds: ReadonlySet<string>) => void) {
    this.parts = Disposables.from(
      commands.registerCommand("lspLlm.undo", () => this.queue("undo")),
      commands.registerCommand("lspLlm.redo", () => this.queue("redo")),
      workspace.onDidCloseTextDocument((document) => this.groups.delete(document)),
      window.onDidChangeActiveTextEditor(() => this.takeKeys()),
    );
  }

  begin(document: TextDocument, jobId: string): void {
    const groups = this.groups.get(document) ?? new Groups();
    groups.begin(jobId);
    this.groups.set(document, groups);
    this.takeKeys();
  }

  /** Whether the next edit begins a step of its own. */
  isFresh(document: TextDocument): boolean {
    return this.groups.get(document)?.isFresh ?? true;
  }

  /** A step has begun with an edit of this text. */
  began(document: TextDocument, before: string): void {
    this.groups.get(document)?.insert(before);
  }

  end(document: TextDocument, jobId: string): void {
    this.groups.get(document)?.end(jobId, document.getText());
  }

  /** Whether the document is on its way to another text. */
  isMoving(document: TextDocument): boolean {
    return this.moving === document;
  }

  dispose(): void {
    this.parts.dispose();
  }

  private takeKeys(): void {
    const document = window.activeTextEditor?.document;
    void commands.executeCommand(
      "setContext",
      "lspLlm.isUndoOurs",
      document !== undefined && this.groups.has(document),
    );
  }

  /** One key after the other, however fast they come. */
  private queue(direction: Direction): Promise<void> {
    this.turn = this.turn.then(() => this.go(direction)).catch(() => undefined);
    return this.turn;
  }

  private async go(direction: Direction): Promise<void> {
    const document = window.activeTextEditor?.document;
    const groups = document && this.groups.get(document);
    if (!document || !groups) {
      await commands.executeCommand(direction);
      return;
    }
    const group = direction === "undo" ? groups.undoable(document.getText()) : groups.redoable(document.getText());
    const wanted = direction === "undo" ? group?.before : group?.after;
    if (group === undefined || wanted === undefined) {
      await commands.executeCommand(direction);
      return;
    }
    this.moving = document;
    try {
      await moveTo(document, direction, wanted);
    } finally {
      this.moving = undefined;
    }
    if (document.getText() === group.before) {
      this.undone(group.jobIds);
    }
  }
}

async function moveTo(document: TextDocument, direction: Direction, wanted: string): Promise<void> {
  let steps = 0;
  let version = -1;
  while (document.getText() !== wanted && document.version !== version && steps < MOST_STEPS) {
    version = document.version;
    await commands.executeCommand(direction);
    steps += document.version === version ? 0 : 1;
  }
  // VS Code may have forgotten the way there: then it is one of its own steps, as ever.
  for (const back = direction === "undo" ? "redo" : "undo"; document.getText() !== wanted && steps > 1; steps--) {
    await commands.executeCommand(back);
  }
}
