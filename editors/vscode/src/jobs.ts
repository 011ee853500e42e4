/** Which jobs run, where, and what was last said of each. It shows nothing. */

import type { Status } from "./protocol";

const ENDS: readonly string[] = ["finished", "cancelled", "failed"];

export class Jobs {
  private readonly running = new Map<string, Status>();

  /** Note one status. */
  update(status: Status): void {
    if (ENDS.includes(status.kind)) {
      this.running.delete(status.jobId);
    } else if (status.kind === "queued" || this.running.has(status.jobId)) {
      this.running.set(status.jobId, status);
    }
  }

  /** The server has gone, and its jobs with it. */
  clear(): void {
    this.running.clear();
  }

  /** What was last said of each job that runs, the oldest job first. */
  statuses(): readonly Status[] {
    return [...this.running.values()];
  }

  /** The documents in which jobs run, as the server writes their URIs. */
  runningIn(): readonly string[] {
    return this.statuses().flatMap(({ uri }) => uri ?? []);
  }
}
