import assert from "node:assert/strict";
import { test } from "node:test";
import { type Change, moved, type Region, Regions } from "../src/regions";

const cases: [name: string, change: Change, expected: Region][] = [
  ["before", { offset: 2, length: 1, text: "abc" }, { start: 12, end: 22 }],
  ["behind", { offset: 21, length: 3, text: "" }, { start: 10, end: 20 }],
  ["inside", { offset: 12, length: 2, text: "12345" }, { start: 10, end: 23 }],
  ["at its start", { offset: 10, length: 0, text: "ab" }, { start: 10, end: 22 }],
  ["at its end", { offset: 20, length: 0, text: "ab" }, { start: 10, end: 22 }],
  ["over its start", { offset: 8, length: 4, text: "" }, { start: 8, end: 16 }],
  ["over its end", { offset: 18, length: 4, text: "x" }, { start: 10, end: 19 }],
  ["over all of it", { offset: 5, length: 20, text: "x" }, { start: 5, end: 6 }],
];

for (const [name, change, expected] of cases) {
  test(`a change ${name}`, () => assert.deepEqual(moved({ start: 10, end: 20 }, change), expected));
}

test("only jobs that have ended offer something", () => {
  const regions = new Regions();
  regions.begin("1", { start: 5, end: 9 });
  assert.deepEqual(regions.settled(), []);
  regions.settle("1");
  regions.apply({ offset: 0, length: 0, text: "ab" });
  assert.deepEqual(regions.settled(), [{ jobId: "1", start: 7 }]);
});

test("a job over the text of one that has ended leaves it nothing", () => {
  const regions = new Regions();
  regions.begin("1", { start: 5, end: 9 });
  regions.settle("1");
  regions.begin("2", { start: 8, end: 12 });
  regions.settle("2");
  assert.deepEqual(regions.settled(), [{ jobId: "2", start: 8 }]);
});

test("a job is found at its text", () => {
  const regions = new Regions();
  regions.begin("1", { start: 5, end: 9 });
  assert.equal(regions.at(9), "1");
  assert.equal(regions.at(10), undefined);
  regions.forget("1");
  assert.equal(regions.at(9), undefined);
});
