"use strict";
// The eyes of the tests inside the extension host: it opens and closes files, puts the cursor, changes settings, starts
// commands and reads texts, on request over a socket, one JSON value a line. It never changes a text: typing is left to
// the keyboard of the page.

const net = require("node:net");
const readline = require("node:readline");
const { commands, ConfigurationTarget, extensions, Position, Selection, Uri, window, workspace } = require("vscode");

const editor = () => {
  if (!window.activeTextEditor) throw new Error("no file is open");
  return window.activeTextEditor;
};

// Returns when the condition holds, which is looked at again with every event.
const until = (event, holds) =>
  new Promise((resolve) => {
    const watching = event(() => look());
    const look = () => holds() && resolve(watching.dispose());
    look();
  });

const show = async (path, options) => {
  await commands.executeCommand("vscode.open", Uri.file(path), options);
  await until(window.onDidChangeActiveTextEditor, () => window.activeTextEditor?.document.fileName === path);
};

const about = (ability, ...parameters) =>
  commands.executeCommand(`vscode.execute${ability}Provider`, editor().document.uri, ...parameters);

// Nothing, where VS Code has given up asking because the text, the cursor or the server has changed meanwhile.
const unlessCanceled = (asked) =>
  asked.catch((error) => {
    if (error.name === "Canceled") return [];
    throw error;
  });

const offered = () =>
  unlessCanceled(
    commands.executeCommand("vscode.executeCodeActionProvider", editor().document.uri, editor().selection),
  );

const requests = {
  isActive: ({ extension }) => extensions.getExtension(extension)?.isActive === true,

  configure: ({ section, name, value }) =>
    workspace.getConfiguration(section).update(name, value, ConfigurationTarget.Global),

  // As by a double click in the list of files: a single click would give its tab away to the next file that is shown, and
  // what an extension opens by itself stays open for minutes after it was closed.
  open: ({ path }) => show(path, { preview: false }),

  // As by a single click in the list of files.
  glance: ({ path }) => show(path, { preview: true }),

  // Whatever was not saved is lost.
  closeAll: async () => {
    while (window.tabGroups.activeTabGroup.activeTab) {
      await commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
    }
  },

  // The names of the files that are shown.
  shown: () => window.visibleTextEditors.map((shown) => shown.document.fileName),

  // Zero-based lines and UTF-16 columns, as VS Code counts them.
  select: ({ anchor, active }) => {
    editor().selection = new Selection(new Position(...anchor), new Position(...active));
  },

  text: () => editor().document.getText(),

  codeLenses: async () => {
    const lenses = await unlessCanceled(
      commands.executeCommand("vscode.executeCodeLensProvider", editor().document.uri, 99),
    );
    return lenses.map(({ command, range }) => [range.start.line, command.title]);
  },

  // What the language servers say of a place in the file that is shown, and of all of it.
  hovers: async ({ place }) => {
    const hovers = await about("Hover", new Position(...place));
    return hovers.flatMap(({ contents }) => contents.map(({ value }) => value));
  },

  completions: async ({ place }) => {
    const { items } = await about("CompletionItem", new Position(...place));
    return items.map(({ label }) => label.label ?? label);
  },

  folds: async () => (await about("FoldingRange")).map(({ start, end }) => [start, end]),

  symbols: async () => (await about("DocumentSymbol")).map(({ name }) => name),

  links: async () => (await about("Link")).map(({ target }) => target.fsPath),

  codeActions: async () => (await offered()).map((action) => action.title),

  // What the menu does when an entry is picked, for actions that carry a command; whether there is such an entry.
  runCodeAction: async ({ title }) => {
    const action = (await offered()).find((each) => each.title === title);
    if (!action) return false;
    await commands.executeCommand(action.command.command, ...action.command.arguments);
    return true;
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
