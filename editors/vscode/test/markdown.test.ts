import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "../src/chat/page";
import { type Tree, treesOf } from "../src/chat/view/markdown";
import { namedFile } from "../src/chat/view/naming";

function flat(trees: readonly Tree[]): Exclude<Tree, string>[] {
  return trees.flatMap((tree) => {
    if (typeof tree === "string") {
      return [];
    }
    return tree.kind === "code" ? [tree] : [tree, ...flat(tree.children)];
  });
}

function words(trees: readonly Tree[]): string {
  return trees
    .map((tree) => (typeof tree === "string" ? tree : tree.kind === "code" ? tree.text : words(tree.children)))
    .join("");
}

/** The files that the blocks of code of a text name. */
function files(text: string): string[] {
  return flat(treesOf(text)).flatMap((tree) => (tree.kind === "code" ? [tree.file] : []));
}

test("what is known becomes elements", () => {
  const text = "# Title\n\n3. *one*\n4. `two`\n\n| a |\n|---|\n| b |\n\n> quote\n\n---\nline\\\nbreak";
  const tags = flat(treesOf(text)).map((tree) => (tree.kind === "element" ? tree.tag : tree.kind));
  assert.deepEqual(new Set(tags), new Set("h1 ol li em code table thead tr th tbody td blockquote p hr br".split(" ")));
  assert.deepEqual(treesOf("3. a")[0], {
    kind: "element",
    tag: "ol",
    start: "3",
    children: [{ kind: "element", tag: "li", children: ["a"] }],
  });
});

for (const hostile of [
  "<script>alert(1)</script>",
  'a <img src="https://evil.example/p.png" onerror="alert(1)"> b',
  "[run](javascript:alert(1))",
  "[run](JaVaScRiPt:alert(1))",
  "[run](&#106;avascript:alert(1))",
  "[run](\u0001javascript:alert(1))",
  "[data](data:text/html,hello)",
  "[data](data:image/png;base64,AAAA)",
  "[file](file:///etc/passwd)",
  "[command](command:workbench.action.quit)",
  "<javascript:alert(1)>",
]) {
  test(`${JSON.stringify(hostile)} is text`, () => {
    const trees = treesOf(hostile);
    assert.deepEqual(
      flat(trees)
        .map((tree) => (tree.kind === "element" ? tree.tag : tree.kind))
        .filter((tag) => tag !== "p"),
      [],
    );
    assert.ok(words(trees).length > 0);
  });
}

test("an image is a link at most", () => {
  const trees = flat(treesOf("![picture](https://evil.example/p.png)"));
  assert.deepEqual(
    trees.map((tree) => tree.kind),
    ["element", "link"],
  );
});

test("code keeps its text, its language is one word, and a block may be open", () => {
  const code = { kind: "code", language: "python", text: "a < b\n", file: "" };
  assert.deepEqual(treesOf("```python what it does\na < b\n```"), [code]);
  assert.deepEqual(treesOf("```js\nlet a"), [{ kind: "code", language: "js", text: "let a", file: "" }]);
});

for (const [info, file] of [
  ["python src/shop.py", "src/shop.py"],
  ["python title=shop.py", "shop.py"],
  ['js {filename="src/a.js"}', "src/a.js"],
  ["python:src/shop.py", "src/shop.py"],
  ["src/shop.py", "src/shop.py"],
  [".gitignore", ".gitignore"],
  ["python src/größe.py", "src/größe.py"],
  ["python", ""],
  ["c++", ""],
  ["", ""],
  ["python 3.12", ""],
] as const) {
  test(`a fence with ${JSON.stringify(info)} names ${JSON.stringify(file)}`, () => {
    assert.deepEqual(files(`\`\`\`${info}\nx\n\`\`\``), [file]);
  });
}

for (const [above, file] of [
  ["Put this into `src/shop.py`:", "src/shop.py"],
  ["**src/shop.py**", "src/shop.py"],
  ["### shop.py", "shop.py"],
  ["File: `shop.py`", "shop.py"],
  ["shop.py:", "shop.py"],
  ["_shop.py_", "shop.py"],
  ["- __init__.py", "__init__.py"],
  ["Between `a.py` and `b.py`:", ""],
  ["Use e.g. this:", ""],
  ["", ""],
] as const) {
  test(`a fence below ${JSON.stringify(above)} names ${JSON.stringify(file)}`, () => {
    assert.deepEqual(files(`${above}\n\`\`\`python\nx\n\`\`\``), [file]);
    assert.deepEqual(files(`${above}\n\n\`\`\`python\nx\n\`\`\``), [file]);
  });
}

for (const letter of ["_", "-", "*", "a", "a/", ".", "`a", "file:", " ", '"']) {
  test(`a very long line of ${JSON.stringify(letter)} names nothing and is read at once`, () => {
    const line = `${letter.repeat(20_000)}!`;
    assert.equal(namedFile("python", line), "");
    assert.equal(namedFile("", `${line}${line}`), "");
    assert.equal(namedFile(line, ""), "");
  });
}

test("only a whole block names a file", () => {
  const whole = "```a.py\nx\n\ny\n```";
  for (let size = "```a.py".length; size < whole.length; size++) {
    assert.deepEqual(files(whole.slice(0, size)), [""], JSON.stringify(whole.slice(0, size)));
  }
  assert.deepEqual(files(whole), ["a.py"]);
  assert.deepEqual(files("```a.py\n```"), ["a.py"]);
  assert.deepEqual(files("- so:\n\n  ```a.py\r\n  x\r\n  ```\n"), ["a.py"]);
  assert.deepEqual(files("> ```a.py\n> x\n\nend"), [""]);
});

test("the page allows its own script and style alone", () => {
  const html = page({ script: "own:s", style: "own:c", origin: "own:", nonce: "n" });
  assert.match(html, /content="default-src 'none'; style-src own:; script-src 'nonce-n'"/);
  assert.equal(html.match(/<script/g)?.length, 1);
  assert.doesNotMatch(html, /unsafe|\son\w+=|https?:/);
});
