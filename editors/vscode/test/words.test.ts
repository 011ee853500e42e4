import assert from "node:assert/strict";
import { test } from "node:test";
import { Jobs } from "../src/jobs";
import { LastWords } from "../src/lastWords";
import type { Preset, Status } from "../src/protocol";
import { Recall, remembered } from "../src/recall";
import { presetWords, statusText } from "../src/wording";

const status = (jobId: string, kind: string, more: Partial<Status> = {}): Status => ({ jobId, kind, ...more });

test("the status bar has the preset, and what the oldest job is at", () => {
  assert.equal(statusText("openai", []), "$(sparkle) openai");
  assert.equal(statusText("", []), "$(sparkle) LLM");
  const running = [status("1", "streaming", { characters: 120 })];
  assert.equal(statusText("openai", running), "$(loading~spin) openai: 120 characters");
  assert.match(statusText("openai", [...running, status("2", "queued")]), /2 running, 120 characters$/);
});

test("a preset that cannot be used says why", () => {
  const preset: Preset = { name: "a", model: "m", description: "d", key: "missing", keyPlace: "A_KEY", problem: "" };
  assert.equal(presetWords(preset), "m · no key in A_KEY");
  assert.equal(presetWords({ ...preset, model: "", problem: "no such provider" }), "d · no such provider");
  assert.equal(presetWords({ ...preset, key: "found" }), "m");
});

test("a job runs from its first word to its last", () => {
  const jobs = new Jobs();
  jobs.update(status("1", "queued", { uri: "file:///a" }));
  jobs.update(status("1", "streaming", { uri: "file:///a" }));
  assert.deepEqual(jobs.runningIn(), ["file:///a"]);
  jobs.update(status("1", "finished"));
  assert.deepEqual(jobs.runningIn(), []);
});

test("what is said behind the end of a job does not make it run again", () => {
  const jobs = new Jobs();
  jobs.update(status("1", "queued", { uri: "file:///a" }));
  jobs.update(status("1", "cancelled"));
  jobs.update(status("1", "message"));
  assert.deepEqual(jobs.statuses(), []);
});

test("up goes back, down comes forward to what was being typed", () => {
  const recall = new Recall(["newest", "older"]);
  assert.equal(recall.up("half of"), "newest");
  assert.equal(recall.up("newest"), "older");
  assert.equal(recall.up("older"), "older");
  assert.equal(recall.down("older"), "newest");
  assert.equal(recall.down("newest"), "half of");
  assert.equal(recall.down("half of"), "half of");
});

test("without a history the keys leave the words alone", () => {
  const recall = new Recall([]);
  assert.equal(recall.up("words"), "words");
  assert.equal(recall.down("words"), "words");
});

test("what is asked again is remembered once", () => {
  assert.deepEqual(remembered(["b", "a"], "a"), ["a", "b"]);
});

test("the last line that was said is the sentence", () => {
  const said = new LastWords();
  assert.equal(said.sentence(), "");
  ["Traceback", "lsp-llm: no such file: x.toml", ""].forEach((line) => said.add(line));
  assert.equal(said.sentence(), "no such file: x.toml");
});
