import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { findProgram } from "../src/finding";

const folder = mkdtempSync(join(tmpdir(), "finding-"));
after(() => rmSync(folder, { recursive: true }));
const program = (name: string, mode: number): string => {
  const file = join(folder, name);
  writeFileSync(file, "");
  chmodSync(file, mode);
  return file;
};
const here = program("here", 0o755);
program("not-runnable", 0o644);
mkdirSync(join(folder, "a-folder"));
const path = ["", "/nowhere", folder].join(delimiter);

test("a name is looked for on the PATH", () => assert.equal(findProgram("here", path, "linux"), here));
test("a path is taken as it is", () => assert.equal(findProgram(here, "", "linux"), here));
test("a relative path is none: each folder would have its own", () => {
  assert.equal(findProgram("./here", path, "linux"), undefined);
});
for (const name of ["not-there", "not-runnable", "a-folder", ""]) {
  test(`"${name}" is no program`, () => assert.equal(findProgram(name, path, "linux"), undefined));
}
test("on Windows the ending may be left out", () => {
  const file = program("there.exe", 0o755);
  assert.equal(findProgram("there", path, "win32"), file);
});
