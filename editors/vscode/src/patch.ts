/** Makes the answer of the difference that the server writes for a preview. It reads no file. */

interface Hunk {
  readonly line: number;
  readonly removed: string[];
  readonly added: string[];
}

const HEADER = /^@@ -(\d+),\d+ \+\d+,\d+ @@/;

/** The text with the changes of a difference without context; undefined where it is a difference of another text. */
export function patched(text: string, difference: string): string | undefined {
  // Of nothing there is no line, and so no line end behind what is added.
  const lines = text === "" ? [] : text.split(/\r\n|\r|\n/);
  for (const { line, removed, added } of hunks(difference).reverse()) {
    if (removed.some((words, index) => lines[line + index] !== words)) {
      return undefined;
    }
    lines.splice(line, removed.length, ...added);
  }
  return lines.join("\n");
}

function hunks(difference: string): Hunk[] {
  const found: Hunk[] = [];
  for (const words of difference.split("\n")) {
    const line = HEADER.exec(words)?.[1];
    const hunk = found.at(-1);
    if (line !== undefined) {
      found.push({ line: Number(line) - 1, removed: [], added: [] });
    } else if (words.startsWith("-")) {
      hunk?.removed.push(words.slice(1));
    } else if (words.startsWith("+")) {
      hunk?.added.push(words.slice(1));
    }
  }
  return found;
}
