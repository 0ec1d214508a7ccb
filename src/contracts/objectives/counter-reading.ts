/** What one place has counted since it began: a process, a router, a scraped target. */
export interface Counter {
  /** When it began to count; another one says that it started anew. Absent where that is not known. */
  sinceMs?: number;
  total: number;
  /** Of the total. */
  bad: number;
}

/** Raw counters, read at one time. */
export interface CounterReading {
  atMs: number;
  /** By a name that stays. */
  counters: Readonly<Record<string, Counter>>;
}

/** What the next difference is taken from: the last reading, and counters that were not in it. */
export interface KeptReading extends CounterReading {
  /** Counters that were missing in the last reading, by name: when they were last seen. */
  missingSinceMs: Readonly<Record<string, number>>;
}
