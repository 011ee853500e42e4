import assert from "node:assert/strict";
import { test } from "node:test";
import { after, type Chat, EMPTY, type Event } from "../src/chat/model";
import type { Part } from "../src/chat/shown";
import type { Message, Partial } from "../src/chat/protocol";
import { announcement } from "../src/chat/view/announcing";
import { canGoOn, endOf, readable } from "../src/chat/view/wording";

const played = (...events: Event[]): Chat => events.reduce(after, EMPTY);
const came = (partial: Partial): Event => ({ kind: "partial", partial });
const text = (delta: string): Event => came({ kind: "text", delta });
const asked: Event = { kind: "asked", messageId: "m1", text: "What?" };
const call: Partial = {
  kind: "toolCall",
  callId: "c",
  name: "read_file",
  arguments: "{}",
  needsApproval: true,
  text: "May it?",
};
const stored = (messages: Message[], chatId = "chat"): Event => ({
  kind: "stored",
  chat: { chatId, title: "T", preset: "", messages, problems: [] },
});
const mine: Message = { messageId: "m1", role: "user", text: "What?" };
const theirs: Message = { messageId: "m2", role: "assistant", text: "It.", model: "m", status: "done" };

function parts(chat: Chat): readonly Part[] {
  const last = chat.turns.at(-1);
  return last?.role === "assistant" ? last.parts : [];
}

test("deltas of a kind are one piece", () => {
  const chat = played(
    asked,
    came({ kind: "thinking", delta: "Hm" }),
    came({ kind: "thinking", delta: "." }),
    text("I"),
    text("t."),
  );
  assert.deepEqual(parts(chat), [
    { kind: "thinking", text: "Hm." },
    { kind: "text", text: "It." },
  ]);
  assert.equal(chat.isRunning, true);
});

test("a call that is allowed and done keeps its place", () => {
  const waiting = played(asked, text("Let me look."), came(call));
  assert.equal(announcement(waiting), "Waits for your approval: May it?");
  const done = [
    came({ ...call, needsApproval: false }),
    came({ kind: "toolResult", callId: "c", text: "41", isError: false }),
  ];
  const chat = [...done, text("\n\nIt is 41.")].reduce(after, waiting);
  assert.deepEqual(
    parts(chat).map((part) => part.kind),
    ["text", "call", "text"],
  );
  assert.deepEqual(parts(chat)[1], {
    kind: "call",
    callId: "c",
    name: "read_file",
    arguments: "{}",
    question: undefined,
    result: { text: "41", isError: false },
  });
  assert.deepEqual(parts(chat)[2], { kind: "text", text: "It is 41." });
});

test("what the file says takes the place of what was shown, and nothing is there twice", () => {
  const chat = played(asked, { kind: "created", chatId: "chat" }, text("It"), stored([mine, theirs]));
  assert.deepEqual(
    chat.turns.map((turn) => turn.messageId),
    ["m1", "m2"],
  );
  assert.equal(chat.unsent, "");
});

test("words that did not reach the file are the user's again", () => {
  const chat = played({ kind: "created", chatId: "chat" }, asked, { kind: "disconnected" }, stored([]));
  assert.equal(chat.unsent, "What?");
  assert.deepEqual(chat.turns, []);
  assert.equal(after(chat, { kind: "taken" }).unsent, "");
});

test("so are those for which no chat could be made", () => {
  const chat = played(asked, { kind: "failed", sentence: "No server runs." });
  assert.equal(chat.unsent, "What?");
  assert.equal(chat.problem, "No server runs.");
  assert.deepEqual(chat.turns, []);
});

test("the answers of one send are one, and a result stands with its call", () => {
  const messages: Message[] = [
    mine,
    {
      ...theirs,
      text: "",
      toolCalls: [{ callId: "c", name: "read_file", arguments: "{}" }],
      usage: { inputTokens: 1, outputTokens: 2, cost: 0.1 },
    },
    { messageId: "m3", role: "user", text: "", toolResults: [{ callId: "c", text: "41", isError: false }] },
    { ...theirs, messageId: "m4", text: "It is 41.", usage: { inputTokens: 10, outputTokens: 20, cost: 0.4 } },
  ];
  const chat = played({ kind: "created", chatId: "chat" }, stored(messages));
  assert.equal(chat.turns.length, 2);
  assert.deepEqual(
    parts(chat).map((part) => part.kind),
    ["call", "text"],
  );
  const [, answer] = chat.turns;
  assert.ok(answer?.role === "assistant");
  assert.equal(endOf(answer), "m · 11 tokens in, 22 out · cost 0.50");
});

test("other words for an earlier turn take away what came behind it", () => {
  const before = played({ kind: "created", chatId: "chat" }, stored([mine, theirs]));
  const chat = after(after(before, { ...asked, text: "Why?" }), came({ kind: "chat", chatId: "branch" }));
  assert.deepEqual(chat.turns, [{ role: "user", messageId: "m1", text: "Why?" }]);
  assert.equal(chat.chatId, "branch");
  const settled = after(chat, stored([{ ...mine, text: "Why?" }, theirs], "branch"));
  assert.equal(settled.unsent, "");
});

test("an answer to the same turn once more begins behind it", () => {
  const chat = played(
    { kind: "created", chatId: "chat" },
    stored([mine]),
    { ...asked, messageId: "", text: "" },
    text("Now."),
  );
  assert.deepEqual(
    chat.turns.map((turn) => turn.role),
    ["user", "assistant"],
  );
});

test("an answer that goes on grows in its own place", () => {
  const cutOff = played(
    { kind: "created", chatId: "chat" },
    stored([mine, { ...theirs, text: "It", status: "cut off" }]),
  );
  const chat = [{ kind: "resumed" } as const, text(" is"), text(" so.")].reduce(after, cutOff);
  assert.deepEqual(
    chat.turns.map((turn) => turn.role),
    ["user", "assistant"],
  );
  assert.deepEqual(parts(chat), [{ kind: "text", text: "It is so." }]);
  assert.equal(chat.isRunning, true);
  assert.equal(announcement(chat), "The answer is coming.");
});

test("one that was refused to go on is as its file has it", () => {
  const before = played({ kind: "created", chatId: "chat" }, stored([mine, theirs]));
  const refused = [{ kind: "resumed" } as const, { kind: "failed", sentence: "It is whole." } as const];
  const chat = [...refused, stored([mine, theirs])].reduce<Chat>(after, before);
  assert.deepEqual(chat.turns, before.turns);
  assert.equal(chat.problem, "It is whole.");
});

test("what was chosen for the chat outlives what its file says", () => {
  const chat = played({ kind: "created", chatId: "chat" }, { kind: "preset", name: "mine" }, stored([]));
  assert.equal(chat.preset, "mine");
});

test("a server that goes ends the answer and keeps what has come", () => {
  const chat = played(asked, text("Half"), { kind: "disconnected" });
  assert.equal(chat.isRunning, false);
  assert.deepEqual(parts(chat), [{ kind: "text", text: "Half" }]);
});

test("only an answer that is not whole goes on", () => {
  const said: Part = { kind: "text", text: "It" };
  const answer = { role: "assistant", messageId: "m", parts: [said], model: "m" } as const;
  assert.deepEqual(
    ["done", "", "cut off", "cancelled", "failed", "unknown"].map((status) => canGoOn({ ...answer, status })),
    [false, false, true, true, true, true],
  );
  const called: Part = { kind: "call", callId: "c", name: "f", arguments: "{}" };
  assert.deepEqual(
    [[], [called], [called, said]].map((parts) => canGoOn({ ...answer, parts, status: "cancelled" })),
    [false, false, true],
  );
  assert.equal(endOf({ ...answer, status: "cut off" }), "m · cut off");
});

test("arguments are made readable, whatever they are", () => {
  assert.equal(readable('{"a":1}'), '{\n  "a": 1\n}');
  assert.equal(readable('{"a'), '{"a');
});
