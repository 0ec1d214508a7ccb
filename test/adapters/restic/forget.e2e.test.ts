import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seeded } from '../../../bench/analysis/random.ts';
import { planRetention } from '../../../src/policies/backups/retention/plan-retention.ts';
import type { RetentionRules } from '../../../src/specs/backups/retention.ts';
import { writeQuickRepository } from '../../../scripts/backup-worlds/quick-repository.ts';
import { contentsOf, dayMs, setAt } from '../../policies/backups/backup-sets.ts';

const run = promisify(execFile);
const password = 'of a test';
const hasRestic = await run('restic', ['version']).then(
  () => true,
  () => false,
);

interface Snapshot {
  id: string;
  time: string;
}

/** So many rules, chosen by their number: none, one or some of each sort. */
const policies = Array.from({ length: 24 }, (_, seed): RetentionRules => {
  const random = seeded(seed + 1);
  const some = (most: number) => (random() < 0.4 ? 0 : 1 + Math.floor(random() * most));
  const ageMs = random() < 0.4 ? (1 + Math.floor(random() * 40)) * dayMs : undefined;
  const counts = {
    count: some(6),
    daily: some(10),
    weekly: some(8),
    monthly: some(6),
    yearly: some(3),
  };
  const isEmpty = ageMs === undefined && Object.values(counts).every((one) => one === 0);
  return {
    ...counts,
    ...(isEmpty && { count: 1 }),
    zone: 'Europe/Berlin',
    ...(ageMs !== undefined && { ageMs }),
  };
});

/** Snapshots over two years: often by night, around the ends of days, weeks and years, and the days of a clock change. */
function momentsOf(): string[] {
  const random = seeded(7);
  const edges = [
    ...['2025-12-28 23:59:59', '2025-12-29 00:00:00', '2025-12-31 23:30:00', '2026-01-01 00:30:00'],
    ...['2026-03-29 01:59:59', '2026-03-29 03:00:00', '2026-10-25 01:30:00', '2026-10-25 03:00:00'],
  ];
  const others = Array.from({ length: 32 }, (_, index) => {
    const atMs = Date.UTC(2026, 10, 29) - Math.floor(random() ** 2 * 700) * dayMs;
    const time = `${String(index % 24).padStart(2, '0')}:${String(index).padStart(2, '0')}:07`;
    return `${new Date(atMs).toISOString().slice(0, 10)} ${time}`;
  });
  return [...edges, ...others];
}

describe.skipIf(!hasRestic)('the plan, beside restic forget on the same snapshots', () => {
  let folder: string;
  let snapshots: Snapshot[];

  const restic = async (...args: string[]): Promise<string> => {
    const { stdout } = await run('restic', ['--repo', join(folder, 'repository'), ...args], {
      env: {
        ...{ PATH: process.env['PATH'], HOME: folder, TZ: 'Europe/Berlin' },
        ...{ RESTIC_PASSWORD: password, RESTIC_CACHE_DIR: join(folder, 'cache') },
      },
    });
    return stdout;
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'belay-restic-'));
    await writeFile(join(folder, 'file'), 'content');
    await writeQuickRepository(join(folder, 'repository'), password);
    for (const moment of momentsOf()) {
      await restic('backup', '--quiet', '--host', 'h', '--time', moment, join(folder, 'file'));
    }
    snapshots = JSON.parse(await restic('snapshots', '--json')) as Snapshot[];
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(policies)('expires the same: %o', async (rules) => {
    const [forgotten] = JSON.parse(
      await restic('forget', '--dry-run', '--json', ...argumentsOf(rules)),
    ) as [{ remove: Snapshot[] | null }];
    const { decisions } = planRetention({
      component: {
        ...{ name: 'files', agent: 'db-1', repositories: ['main'] },
        source: { kind: 'files', paths: ['/'], exclude: [] },
      },
      contents: [contentsOf(snapshots.map(({ id, time }) => setAt(time, { label: id })))],
      ...{ repository: 'main', entries: [], nowMs: Date.UTC(2026, 11, 1) },
      retention: { ...rules, repositories: {}, safetyCopiesMs: 0 },
    });
    const expired = decisions.filter(({ action }) => action === 'expire');
    expect(expired.map(({ judged }) => judged.set.label).sort()).toEqual(
      (forgotten.remove ?? []).map(({ id }) => id).sort(),
    );
  });
});

function argumentsOf({ ageMs, count, daily, weekly, monthly, yearly }: RetentionRules): string[] {
  const given: Record<string, number> = { daily, weekly, monthly, yearly, last: count };
  return [
    ...Object.entries(given).flatMap(([rule, most]) =>
      most === 0 ? [] : [`--keep-${rule}`, `${most}`],
    ),
    ...(ageMs === undefined ? [] : ['--keep-within', `${ageMs / dayMs}d`]),
  ];
}
