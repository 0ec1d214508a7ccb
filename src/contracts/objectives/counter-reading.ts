/** Counters that only rise, by a name for each set of labels. */
export type Series = Readonly<Record<string, number>>;

/** The counters that make up the sums of one place. One may end, and begin anew, while the place lives on. */
export interface CounterSeries {
  total: Series;
  /** What is bad is counted, or what is good; absent: nothing is bad. */
  part?: { of: 'bad' | 'good'; series: Series };
}

/** What one place has counted since it began: a process, a router, a scraped target. */
export interface Counter {
  /** When it began to count; a much later one says that it started anew. Absent where that is not known. */
  sinceMs?: number;
  total: number;
  /** Of the total. */
  bad: number;
  /** What the sums are made of; absent where only the sums are known. */
  series?: CounterSeries;
}

/** Raw counters, read at one time. */
export interface CounterReading {
  atMs: number;
  /** By a name that stays. */
  counters: Readonly<Record<string, Counter>>;
}

export interface KeptCounter extends Counter {
  /** Series of the same process that have ended, with what they counted last. */
  ended?: CounterSeries;
}

/** What the next difference is taken from: the last reading, and counters that were not in it. */
export interface KeptReading extends CounterReading {
  counters: Readonly<Record<string, KeptCounter>>;
  /** How it was measured; nothing is subtracted from what is measured in another way. */
  measuredBy?: string;
  /** Since when it is measured in this way, where it was measured in another one before. */
  changedAtMs?: number;
  /** The first reading of those that follow each other up to this one. */
  firstAtMs?: number;
  /** Counters that were missing in the last reading, by name: when they were last seen. */
  missingSinceMs: Readonly<Record<string, number>>;
}
