/** The file that a block of code names, as the server finds it in a chat's document (PROTOCOL.md, "Chat documents"). */

// What a model writes may be very long: no two neighbours of a pattern may take the same letters.
const LETTER = "\\p{L}\\p{N}_";
const PATH = `(?:[${LETTER}@+~.-]+/)*[${LETTER}@+.-]*[${LETTER}+-]`;
const KEYED = new RegExp(`(?:^|[\\s{,])(?:title|file|filename|path)=["']?(${PATH})["']?`, "u");
const BEHIND_COLON = new RegExp(`^[${LETTER}+#-]+:(${PATH})(?:[\\s{]|$)`, "u");
const TICKED = new RegExp(`\`(${PATH})\``, "gu");
const WHOLE = new RegExp(`^${PATH}$`, "u");

/** By the words of its fence, else by the line above that; "" where it names none. */
export function namedFile(info: string, above: string): string {
  return inInfo(info.trim()) || inLine(above.trim());
}

function inInfo(info: string): string {
  const found = KEYED.exec(info) ?? BEHIND_COLON.exec(info);
  return found?.[1] ?? info.split(/\s+/).find(isPath) ?? "";
}

function inLine(line: string): string {
  const [first, ...others] = [...line.matchAll(TICKED)].map(([, path = ""]) => path).filter(isPath);
  if (first !== undefined && others.length === 0) {
    return first;
  }
  const alone = bare(line);
  return isPath(alone) ? alone : "";
}

/** A line without what makes it a heading, an item, or loud, and without "File:". */
function bare(line: string): string {
  const words = stripped(line.replace(/^[#>*\s-]+/, "").replace(/^file(?:name)?:/i, ""), `*:"' \t`);
  return words.startsWith("_") && words.endsWith("_") ? stripped(words, "_") : words;
}

function stripped(words: string, letters: string): string {
  const isWord = (letter: string): boolean => !letters.includes(letter);
  const all = [...words];
  return all.slice(all.findIndex(isWord), all.findLastIndex(isWord) + 1).join("");
}

/** Whether it is written as only a path is: with a folder, or an ending. */
function isPath(word: string): boolean {
  return (
    WHOLE.test(word) && (word.includes("/") || /[\p{L}\p{N}_]\.[A-Za-z][\p{L}\p{N}_]*$|^\.[\p{L}\p{N}_]/u.test(word))
  );
}
