/**
 * Which texts of a document one undo leads between. VS Code keeps edits together until the user types; what a job has
 * written around that is then several steps. So we remember the text before a job and the text behind it, and undo as
 * often as it takes to get from one to the other. It changes nothing itself.
 */

export interface Group {
  readonly before: string;
  /** Undefined while a job of the group still writes. */
  readonly after: string | undefined;
  readonly jobIds: ReadonlySet<string>;
}

/** Each group holds two texts of the document. */
const KEPT = 20;

export class Groups {
  private closed: Group[] = [];
  private readonly writing = new Set<string>();
  private jobIds = new Set<string>();
  private before: string | undefined;

  /** A job begins to write; while others do, they are one group. */
  begin(jobId: string): void {
    this.writing.add(jobId);
    this.jobIds.add(jobId);
  }

  /** Whether the next insert is the first of its group. */
  get isFresh(): boolean {
    return this.before === undefined;
  }

  /** An insert into this text was carried out. */
  insert(text: string): void {
    this.before ??= text;
  }

  /** A job has written all that it will, and has left this text. */
  end(jobId: string, text: string): void {
    if (!this.writing.delete(jobId) || this.writing.size > 0) {
      return;
    }
    if (this.before !== undefined && this.before !== text) {
      const group = { before: this.before, after: text, jobIds: this.jobIds };
      this.closed = [...this.closed.slice(1 - KEPT), group];
    }
    this.before = undefined;
    this.jobIds = new Set();
  }

  /** The group that an undo takes back when the document has this text. */
  undoable(text: string): Group | undefined {
    if (this.before !== undefined && this.before !== text) {
      return { before: this.before, after: undefined, jobIds: this.jobIds };
    }
    return this.closed.findLast((group) => group.after === text);
  }

  /** The group that a redo brings back when the document has this text. */
  redoable(text: string): Group | undefined {
    return this.closed.findLast((group) => group.before === text);
  }
}
