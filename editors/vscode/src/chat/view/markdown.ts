/**
 * Markdown as a tree of elements, of which there are few and known ones: what a model writes never becomes HTML text, and
 * an image stays words. It knows no page.
 */

import MarkdownIt, { type Token } from "markdown-it";
import { namedFile } from "./naming";

export type Tree =
  | string
  | { readonly kind: "element"; readonly tag: string; readonly start?: string; readonly children: readonly Tree[] }
  | { readonly kind: "link"; readonly url: string; readonly children: readonly Tree[] }
  | CodeBlock;

export interface CodeBlock {
  readonly kind: "code";
  readonly language: string;
  readonly text: string;
  /** The one that a whole block names, else "". */
  readonly file: string;
}

type Open = { tag: string; token: Token | undefined; children: Tree[] };

const LINKS = /^(https?|mailto):/i;

const reader = new MarkdownIt({ html: false, linkify: false, breaks: false });
reader.disable("image");
reader.validateLink = (url) => LINKS.test(url.trim());

/** The text as far as it has come; what is not closed yet is closed at its end. */
export function treesOf(text: string): readonly Tree[] {
  return nested(reader.parse(text, {}), text.split(/\r\n?|\n/));
}

function nested(tokens: readonly Token[], lines: readonly string[]): readonly Tree[] {
  const root: Open = { tag: "", token: undefined, children: [] };
  const open = [root];
  for (const token of tokens) {
    const top = open.at(-1) ?? root;
    if (token.hidden) {
      continue;
    }
    if (token.nesting === 1) {
      open.push({ tag: token.tag, token, children: [] });
    } else if (token.nesting === -1) {
      open.pop();
      (open.at(-1) ?? root).children.push(closed(top));
    } else {
      top.children.push(...leaves(token, lines));
    }
  }
  return root.children;
}

function closed({ tag, token, children }: Open): Tree {
  const [url, start] = [token?.attrGet("href"), token?.attrGet("start")];
  if (url) {
    return { kind: "link", url: String(url), children };
  }
  return { kind: "element", tag, children, ...(start ? { start: String(start) } : {}) };
}

function leaves(token: Token, lines: readonly string[]): readonly Tree[] {
  switch (token.type) {
    case "inline":
      return nested(token.children ?? [], lines);
    case "fence":
    case "code_block":
      return [{ kind: "code", language: languageOf(token), text: token.content, file: fileOf(token, lines) }];
    case "code_inline":
      return [{ kind: "element", tag: "code", children: [token.content] }];
    case "softbreak":
      return ["\n"];
    case "hardbreak":
    case "hr":
      return [{ kind: "element", tag: token.tag, children: [] }];
    default:
      return [token.content];
  }
}

/** The first word, which may be the file. */
function languageOf(token: Token): string {
  return token.info.trim().split(/\s/)[0] ?? "";
}

function fileOf({ type, info, map, content }: Token, lines: readonly string[]): string {
  const [first, end] = map ?? [0, 0];
  const count = content === "" ? 0 : content.replace(/\n$/, "").split("\n").length;
  // One that is not closed yet is not whole.
  if (type !== "fence" || end - first !== count + 2) {
    return "";
  }
  const above = lines.slice(Math.max(0, first - 2), first).findLast((line) => line.trim() !== "");
  return namedFile(info, above ?? "");
}
