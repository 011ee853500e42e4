/**
 * Markdown as a tree of elements, of which there are few and known ones: what a model writes never becomes HTML text, and
 * an image stays words. It knows no page.
 */

import MarkdownIt, { type Token } from "markdown-it";

export type Tree =
  | string
  | { readonly kind: "element"; readonly tag: string; readonly start?: string; readonly children: readonly Tree[] }
  | { readonly kind: "link"; readonly url: string; readonly children: readonly Tree[] }
  | { readonly kind: "code"; readonly language: string; readonly text: string };

type Open = { tag: string; token: Token | undefined; children: Tree[] };

const LINKS = /^(https?|mailto):/i;

const reader = new MarkdownIt({ html: false, linkify: false, breaks: false });
reader.disable("image");
reader.validateLink = (url) => LINKS.test(url.trim());

/** The text as far as it has come; what is not closed yet is closed at its end. */
export function treesOf(text: string): readonly Tree[] {
  return nested(reader.parse(text, {}));
}

function nested(tokens: readonly Token[]): readonly Tree[] {
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
      top.children.push(...leaves(token));
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

function leaves(token: Token): readonly Tree[] {
  switch (token.type) {
    case "inline":
      return nested(token.children ?? []);
    case "fence":
    case "code_block":
      return [{ kind: "code", language: token.info.trim().split(/\s/)[0] ?? "", text: token.content }];
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
