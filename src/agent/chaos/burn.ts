import { setTimeout as sleep } from 'node:timers/promises';
import { Deadline } from '../leases/deadline.ts';

const periodMs = 50;

/** Keeps one CPU busy for this share of the time, and ends by itself. */
export async function burn({ load, atMostMs }: { load: number; atMostMs: number }): Promise<void> {
  const deadline = new Deadline(atMostMs);
  while (!deadline.isOver) {
    const until = performance.now() + load * periodMs;
    while (performance.now() < until);
    await sleep((1 - load) * periodMs);
  }
}
