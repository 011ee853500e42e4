/** Markdown on the page. Links do nothing by themselves: the extension opens them. */

import type { ComponentChildren } from "preact";
import { createElement } from "preact";
import { useMemo } from "preact/hooks";
import { type CodeBlock, type Tree, treesOf } from "./markdown";
import { post } from "./post";

export function Prose({ text }: { readonly text: string }) {
  // The very same result again has nothing to be compared, so that long chats cost nothing while the last answer comes.
  return useMemo(() => <div class="prose">{treesOf(text).map(drawn)}</div>, [text]);
}

function drawn(tree: Tree): ComponentChildren {
  if (typeof tree === "string") {
    return tree;
  }
  switch (tree.kind) {
    case "code":
      return <Code {...tree} />;
    case "link":
      return <Link url={tree.url}>{tree.children.map(drawn)}</Link>;
    case "element":
      return createElement(tree.tag, tree.start ? { start: tree.start } : null, ...tree.children.map(drawn));
  }
}

/** It has no `href`: VS Code would open that by itself. */
function Link({ url, children }: { readonly url: string; readonly children: ComponentChildren }) {
  const open = (): void => post({ type: "open", url });
  const press = (event: KeyboardEvent): void => {
    if (event.key === "Enter") {
      open();
    }
  };
  return (
    <a role="link" tabIndex={0} title={url} onClick={open} onKeyDown={press}>
      {children}
    </a>
  );
}

function Code({ language, text, file }: CodeBlock) {
  return (
    <div class="code" role="group" aria-label={`Code ${language}`}>
      <div class="bar">
        <span>{file || language}</span>
        <button type="button" onClick={() => post({ type: "copy", text })}>
          Copy
        </button>
        <button
          type="button"
          title="At the cursor, or in the place of the selection"
          onClick={() => post({ type: "insert", text })}
        >
          Insert
        </button>
        {file !== "" && (
          <button
            type="button"
            aria-label={`Apply to ${file}`}
            title={`Show in ${file} what it changes there`}
            onClick={() => post({ type: "apply", file, text })}
          >
            Apply
          </button>
        )}
      </div>
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
    </div>
  );
}
