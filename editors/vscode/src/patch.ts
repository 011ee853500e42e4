/** Makes the answer of the difference that the server writes for a preview (PROTOCOL.md, "Commands"). It reads no file. */

interface Hunk {
  /** Zero-based; where nothing is removed, the line above which is added. */
  readonly line: number;
  readonly removed: string[];
  readonly added: string[];
}

const DOCUMENT = /^--- ([^\t]*)\t/m;
const HEADER = /^@@ -(\d+),(\d+) \+\d+,\d+ @@/;

/** The path of the document that a difference is of, or its URI where it has no path; undefined where this is none. */
export function documentOf(difference: string): string | undefined {
  return DOCUMENT.exec(difference)?.[1];
}

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
    const [, place, count] = HEADER.exec(words) ?? [];
    const hunk = found.at(-1);
    if (place !== undefined) {
      // Of no lines, the place is the line before them.
      found.push({ line: Number(place) - (count === "0" ? 0 : 1), removed: [], added: [] });
    } else if (words.startsWith("-")) {
      hunk?.removed.push(words.slice(1));
    } else if (words.startsWith("+")) {
      hunk?.added.push(words.slice(1));
    }
  }
  return found;
}
