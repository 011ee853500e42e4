/** What a program said last on its standard error: mostly the sentence that says why it ended. */

const KEPT = 20;

export class LastWords {
  private lines: string[] = [];

  add(line: string): void {
    if (line.trim() !== "") {
      this.lines = [...this.lines.slice(1 - KEPT), line.trim()];
    }
  }

  /** The last line, without the program's name; empty where nothing was said. */
  sentence(): string {
    return (this.lines.at(-1) ?? "").replace(/^lsp-llm: /, "");
  }
}
