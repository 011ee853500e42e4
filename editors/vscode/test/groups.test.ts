import assert from "node:assert/strict";
import { test } from "node:test";
import { Groups } from "../src/groups";

const written = (...texts: [before: string, after: string][]): Groups => {
  const groups = new Groups();
  texts.forEach(([before, after], index) => {
    groups.begin(`${index}`);
    groups.insert(before);
    groups.end(`${index}`, after);
  });
  return groups;
};

test("the text behind a job leads to the text before it, and back", () => {
  const groups = written(["old", "new"]);
  assert.equal(groups.undoable("new")?.before, "old");
  assert.equal(groups.redoable("old")?.after, "new");
});

test("what the user has made of it since is undone as ever", () => {
  const groups = written(["old", "new"]);
  assert.equal(groups.undoable("new and more"), undefined);
  assert.equal(groups.redoable("new and more"), undefined);
});

test("while a job writes, any text leads back", () => {
  const groups = new Groups();
  groups.begin("1");
  groups.insert("old");
  assert.equal(groups.undoable("old, half of the answer, and own words")?.before, "old");
  assert.equal(groups.undoable("old"), undefined);
});

test("only the first insert of a group begins a step", () => {
  const groups = new Groups();
  groups.begin("1");
  assert.equal(groups.isFresh, true);
  groups.insert("old");
  assert.equal(groups.isFresh, false);
  groups.end("1", "new");
  assert.equal(groups.isFresh, true);
});

test("jobs that overlap are one group, from the first one's begin to the last one's end", () => {
  const groups = new Groups();
  groups.begin("1");
  groups.insert("old");
  groups.begin("2");
  groups.end("1", "half");
  groups.insert("half");
  groups.end("2", "new");
  assert.equal(groups.undoable("half"), undefined);
  assert.equal(groups.undoable("new")?.before, "old");
  assert.deepEqual([...(groups.undoable("new")?.jobIds ?? [])], ["1", "2"]);
});

test("a job that has left no trace is no group", () => {
  const groups = written(["same", "same"]);
  assert.equal(groups.undoable("same"), undefined);
});

test("groups one after the other are undone one after the other", () => {
  const groups = written(["a", "b"], ["b", "c"]);
  assert.equal(groups.undoable("c")?.before, "b");
  assert.equal(groups.undoable("b")?.before, "a");
  assert.equal(groups.redoable("b")?.after, "c");
});

test("the oldest groups are forgotten, because each holds two texts", () => {
  const groups = written(...Array.from({ length: 30 }, (_, index): [string, string] => [`${index}`, `${index + 1}`]));
  assert.equal(groups.undoable("30")?.before, "29");
  assert.equal(groups.undoable("1"), undefined);
});

test("the end of a job that never began changes nothing", () => {
  const groups = written(["old", "new"]);
  groups.end("other", "whatever");
  assert.equal(groups.undoable("new")?.before, "old");
});
