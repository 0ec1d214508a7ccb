import { expect, it } from 'vitest';
import type { LogIndex } from '../../../../src/adapters/pgbackrest/search/log-index.ts';
import { SearchPass } from '../../../../src/adapters/pgbackrest/search/search-pass.ts';
import { formatLsn } from '../../../../src/adapters/pgbackrest/wal/segments.ts';
import { planStops } from '../../../../src/policies/backups/search/plan-stops.ts';

const segmentBytes = 16 * 1_048_576;
const gibibyte = 1n << 30n;

/** Transactions a gibibyte apart. */
function logOf(count: number): LogIndex {
  const commits = Array.from({ length: count }, (_, index) => ({
    ...{ xid: String(700 + index), at: '2026-11-29T15:37:44Z', rows: {}, drops: [] },
    lsn: formatLsn(BigInt(index + 1) * gibibyte),
    nextLsn: formatLsn(BigInt(index + 1) * gibibyte + 64n),
  }));
  return { commits, oneWay: [], segments: ['000000010000000000000001'], files: [] };
}

async function search(count: number, { good, firstBad }: { good?: number; firstBad: number }) {
  const log = logOf(count);
  const check = { database: 'shop', query: 'SELECT 1', expect: 'fine' };
  const about = { runRef: 'one', agent: 'db', component: 'db', cluster: 'main', copy: 'one' };
  const call = { ...about, check, planStops, ...(good !== undefined && { good }) };
  const pass = new SearchPass(log, call as unknown as ConstructorParameters<typeof SearchPass>[1]);
  const asked: number[] = [];
  const kept: number[] = [];
  let at = 0;
  await pass.go({
    ...{ from: 0, segmentBytes },
    gate: { openTo: () => Promise.resolve() },
    standby: {
      replay: ({ past = 0n }) => {
        at = Number(past / gibibyte);
        return Promise.resolve();
      },
      requireWithin: () => Promise.resolve(),
      keepReplayed: () => {
        kept.push(at);
        return Promise.resolve();
      },
    },
    ask: () => {
      asked.push(at);
      return Promise.resolve({ kind: 'answer', seen: at < firstBad ? 'fine' : 'bad' });
    },
  });
  return { asked, kept, found: pass.result() };
}

it('the log up to the first state that is good is not replayed again', async () => {
  const { kept } = await search(1, { firstBad: 9 });
  expect(kept).toContain(1);
});

it('another copy is replayed to what is known to be good at once, and goes back to there', async () => {
  const { asked, kept, found } = await search(10, { good: 5, firstBad: 8 });
  expect(kept[0]).toBe(5);
  expect(Math.min(...asked)).toBeGreaterThan(5);
  expect(found.bad?.commits).toBeGreaterThanOrEqual(8);
});
