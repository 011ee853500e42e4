/** Where the text of jobs is in a document, as offsets that move with its changes. It knows no window. */

export interface Change {
  /** UTF-16 offset of what is replaced, in the text before. */
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

export interface Region {
  readonly start: number;
  readonly end: number;
}

/** The region behind a change: one that touches it belongs to it, one before it shifts it. */
export function moved(region: Region, change: Change): Region {
  const changeEnd = change.offset + change.length;
  const growth = change.text.length - change.length;
  if (changeEnd < region.start) {
    return { start: region.start + growth, end: region.end + growth };
  }
  if (change.offset > region.end) {
    return region;
  }
  const start = Math.min(region.start, change.offset);
  return { start, end: Math.max(region.end, changeEnd) + growth };
}

/** The regions of a document's jobs. */
export class Regions {
  private readonly regions = new Map<string, { place: Region; isSettled: boolean }>();

  /** A job begins to write; an ended job whose text it covers has nothing of its own to accept any more. */
  begin(jobId: string, place: Region): void {
    for (const [other, { place: its, isSettled }] of this.regions) {
      if (isSettled && its.start < place.end && place.start < its.end) {
        this.regions.delete(other);
      }
    }
    this.regions.set(jobId, { place, isSettled: false });
  }

  /** A job has written all that it will. */
  settle(jobId: string): void {
    const region = this.regions.get(jobId);
    if (region) {
      region.isSettled = true;
    }
  }

  forget(jobId: string): void {
    this.regions.delete(jobId);
  }

  apply(change: Change): void {
    for (const region of this.regions.values()) {
      region.place = moved(region.place, change);
    }
  }

  /** The jobs that have ended, and where their text begins. */
  settled(): readonly { jobId: string; start: number }[] {
    const found = [...this.regions].filter(([, region]) => region.isSettled);
    return found.map(([jobId, { place }]) => ({ jobId, start: place.start }));
  }

  /** The job whose text is at an offset; the newest, where there are several. */
  at(offset: number): string | undefined {
    const found = [...this.regions].filter(([, { place }]) => place.start <= offset && offset <= place.end);
    return found.at(-1)?.[0];
  }
}
