/** Where the server's program is. It starts nothing. */

import { accessSync, constants, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";

/** The file that `program` names: a path, `~` included, or a bare name that is looked for on the PATH. */
export function findProgram(program: string, path: string, platform: NodeJS.Platform): string | undefined {
  const named = program.replace(/^~(?=[\\/])/, homedir());
  // A path that is relative would be another program in each folder, as a project might want it.
  const places = isAbsolute(named)
    ? [named]
    : /[\\/]/.test(named)
      ? []
      : path.split(delimiter).map((folder) => join(folder, named));
  const endings = platform === "win32" ? ["", ".exe"] : [""];
  return places.flatMap((place) => endings.map((ending) => place + ending)).find(canRun);
}

function canRun(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return isAbsolute(file) && statSync(file).isFile();
  } catch {
    return false;
  }
}
