/** What was asked before, as a shell has it: up goes back, down comes forward again. It knows no window. */

const KEPT = 50;

/** The history with these words as the newest, and in it once. */
export function remembered(history: readonly string[], words: string): string[] {
  return [words, ...history.filter((earlier) => earlier !== words)].slice(0, KEPT);
}

export class Recall {
  /** -1 is what is being typed. */
  private at = -1;
  private typed = "";

  /** `history`: the newest first. */
  constructor(private readonly history: readonly string[]) {}

  /** The words before, where `shown` is what stands there now. */
  up(shown: string): string {
    return this.go(Math.min(this.at + 1, this.history.length - 1), shown);
  }

  /** The words after. */
  down(shown: string): string {
    return this.go(Math.max(this.at - 1, -1), shown);
  }

  private go(to: number, shown: string): string {
    if (this.at === -1) {
      this.typed = shown;
    }
    this.at = to;
    return this.history[to] ?? this.typed;
  }
}
