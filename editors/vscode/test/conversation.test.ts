import assert from "node:assert/strict";
import { test } from "node:test";
import { Conversation } from "../src/chat/conversation";
import type { Line } from "../src/chat/line";
import type { Event } from "../src/chat/model";
import { CONTINUE, CREATE, GET, SEND } from "../src/chat/protocol";

const FILE = { chatId: "chat", title: "T", preset: "", messages: [], problems: [] };

/** A server that answers when the test says so. */
class Server {
  isOpen = true;
  readonly asked: string[] = [];
  private readonly waiting: ((answer: unknown) => void)[] = [];

  ask(method: string): Promise<unknown> {
    this.asked.push(method);
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  follow(method: string): Promise<unknown> {
    return this.ask(method);
  }

  /** Answer the oldest request, and let all come of it that does. */
  async answer(answer: unknown): Promise<void> {
    this.waiting.shift()?.(answer);
    await new Promise(setImmediate);
  }
}

function begun(): [Server, Conversation, string[]] {
  const [server, told] = [new Server(), [] as string[]];
  return [server, new Conversation(server as unknown as Line, ({ kind }: Event) => told.push(kind)), told];
}

test("a turn makes the chat, is sent, and is read from the chat's file in the end", async () => {
  const [server, conversation, told] = begun();
  const sent = conversation.send("Hello", []);
  await server.answer({ chatId: "chat" });
  await server.answer({});
  assert.equal(conversation.chat.isRunning, true);
  await server.answer(FILE);
  await sent;
  assert.deepEqual(server.asked, [CREATE, SEND, GET]);
  assert.deepEqual(told, ["asked", "created", "stored", "ended"]);
});

test("an answer goes on without a turn of the user's", async () => {
  const [server, conversation, told] = begun();
  conversation.happen({ kind: "stored", chat: FILE });
  const going = conversation.goOn();
  await server.answer({});
  await server.answer(FILE);
  await going;
  assert.deepEqual(server.asked, [CONTINUE, GET]);
  assert.deepEqual(told, ["stored", "resumed", "stored", "ended"]);
});

test("a server that is there again is asked for the chat before anything is sent", async () => {
  const [server, conversation, told] = begun();
  conversation.happen({ kind: "stored", chat: FILE });
  const connecting = conversation.connect();
  assert.deepEqual(server.asked, [GET]);
  assert.equal(conversation.chat.isConnected, false);
  await server.answer(FILE);
  await connecting;
  assert.equal(conversation.chat.isConnected, true);
  assert.deepEqual(told, ["stored", "stored", "connected"]);
});

test("one that has gone meanwhile is not there", async () => {
  const [server, conversation] = begun();
  conversation.happen({ kind: "stored", chat: FILE });
  const connecting = conversation.connect();
  server.isOpen = false;
  await server.answer(FILE);
  await connecting;
  assert.equal(conversation.chat.isConnected, false);
});
