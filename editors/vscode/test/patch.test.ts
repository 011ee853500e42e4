import assert from "node:assert/strict";
import { test } from "node:test";
import { documentOf, patched } from "../src/patch";

const DIFFERENCE = `# nothing was changed
--- /project/a b.py\t(now)
+++ /project/a b.py\t(answer)
@@ -1,1 +1,2 @@ change 1
-one
+uno
+--- due
@@ -3,0 +5,1 @@ change 2
+quattro
`;

test("the answer is the text with the changes", () => {
  assert.equal(patched("one\ntwo\nthree\n", DIFFERENCE), "uno\n--- due\ntwo\nthree\nquattro\n");
});

test("it says which document it is of", () => {
  assert.equal(documentOf(DIFFERENCE), "/project/a b.py");
  assert.equal(documentOf("- what else\n"), undefined);
});

test("line ends of the text do not matter", () => {
  assert.equal(patched("one\r\ntwo\r\nthree\r\n", DIFFERENCE), "uno\n--- due\ntwo\nthree\nquattro\n");
});

test("a difference of another text gives nothing", () => {
  assert.equal(patched("ONE\ntwo\nthree\n", DIFFERENCE), undefined);
});

test("a removed line that looks like a header is a line", () => {
  assert.equal(patched("-- a\nb", "@@ -1,1 +1,0 @@ change 1\n--- a\n"), "b");
});

test("what is added to nothing has no line end of its own", () => {
  assert.equal(patched("", "@@ -0,0 +1,2 @@ change 1\n+a\n+b\n\\ No newline at end of file\n"), "a\nb");
});
