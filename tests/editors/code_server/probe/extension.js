"use strict";
// The eyes of the tests inside the extension host: it opens files, puts the cursor, starts commands and reads texts, on
// request over a socket, one JSON value a line. It never changes a text: typing is left to the keyboard of the page.

const net = require("node:net");
const readline = require("node:readline");
const { commands, extensions, Position, Selection, Uri, window, workspace } = require("vscode");

const editor = () => {
  if (!window.activeTextEditor) throw new Error("no file is open");
  return window.activeTextEditor;
};

const offered = () =>
  commands.executeCommand("vscode.executeCodeActionProvider", editor().document.uri, editor().selection);

const requests = {
  clientIsReady: () => extensions.getExtension("tests.generic-client").isActive,

  open: async ({ path }) => {
    await window.showTextDocument(await workspace.openTextDocument(Uri.file(path)));
  },

  // Zero-based lines and UTF-16 columns, as VS Code counts them.
  select: ({ anchor, active }) => {
    editor().selection = new Selection(new Position(...anchor), new Position(...active));
  },

  text: () => editor().document.getText(),

  codeActions: async () => (await offered()).map((action) => action.title),

  // What the menu does when an entry is picked, for actions that carry a command.
  runCodeAction: async ({ title }) => {
    const action = (await offered()).find((each) => each.title === title);
    if (!action) throw new Error(`no code action ${title}`);
    return commands.executeCommand(action.command.command, ...action.command.arguments);
  },

  command: ({ name, args }) => commands.executeCommand(name, ...args),
};

const answer = async (line) => {
  try {
    const { request, ...parameters } = JSON.parse(line);
    return { result: (await requests[request](parameters)) ?? null };
  } catch (error) {
    return { error: String(error) };
  }
};

exports.activate = (context) => {
  const server = net.createServer((connection) => {
    const lines = readline.createInterface({ input: connection });
    lines.on("line", async (line) => connection.write(JSON.stringify(await answer(line)) + "\n"));
  });
  server.listen(process.env.PROBE_SOCKET);
  context.subscriptions.push({ dispose: () => server.close() });
};
