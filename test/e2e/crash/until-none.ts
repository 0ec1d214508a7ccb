import { eventually } from '../../fixtures/eventually.ts';

const quietWithinMs = 60_000;

/** What is still there once there was time enough for it to go; empty is what is hoped for. */
export async function untilNone<T>(list: () => Promise<T[]>): Promise<T[]> {
  let left: T[] = [];
  await eventually(async () => {
    left = await list();
    if (left.length > 0) throw new Error('not yet');
  }, quietWithinMs).catch(() => undefined);
  return left;
}
