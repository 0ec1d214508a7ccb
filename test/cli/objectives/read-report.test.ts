import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LedgerDatabase } from '../../../src/adapters/ledger/open-ledger.ts';
import { readReport } from '../../../src/cli/objectives/read-report.ts';
import { hourMs, minuteMs } from '../../../src/contracts/objectives/minute.ts';
import { updateHour } from '../../../src/policies/objectives/update-hour.ts';
import { ledgerAt } from '../../fixtures/ledger-at.ts';
import { minuteAt, objectiveOf, standingOf } from '../../fixtures/objective.ts';

const environment = 'prod';
const zone = 'Asia/Kolkata';
const fromMs = Date.parse('2026-11-01T00:00+05:30');
const untilMs = fromMs + 48 * hourMs;
const period = { fromMs, untilMs, zone, isUnfinished: false };
const objective = objectiveOf();
const state = { environment, spec: { objectives: [objective], leastCoverage: 0.9 } };

let home: string;
let ledger: LedgerDatabase;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'belay-report-'));
  ledger = ledgerAt(home);
});
afterEach(async () => {
  await ledger.close();
  await rm(home, { recursive: true });
});

/** A hundred requests a minute, all good but those of the tenth hour; nothing is known of the twentieth. */
async function measure(): Promise<void> {
  const firstMs = Math.floor(fromMs / hourMs) * hourMs;
  for (let hour = 0; hour < 50; hour++) {
    const atMs = firstMs + hour * hourMs;
    if (hour === 20) continue;
    const minutes = Array.from({ length: 60 }, (_, minute) =>
      minuteAt(atMs + minute * minuteMs, hour === 10 ? 50 : 100, hour === 10 ? 50 : 0),
    );
    await ledger.objectives.updateHours(environment, [{ objective: 'checkout', atMs }], (known) =>
      updateHour(objective, known, minutes),
    );
  }
}

test('a report of a zone with half hours is exact to the minute at both of its ends', async () => {
  await measure();
  const { objectives } = await readReport(ledger.objectives, state, { period, nowMs: untilMs });
  const [report] = objectives;
  expect(report?.days.map(({ name }) => name)).toEqual(['2026-11-01', '2026-11-02']);
  expect(report?.standing.tally).toMatchObject({
    ...{ goodMs: 46 * hourMs, badMs: hourMs, noDataMs: hourMs, excludedMs: 0 },
    ...{ good: 46 * 6_000 + 3_000, bad: 3_000 },
  });
});

test('an exclusion of ten minutes takes ten minutes out, and no hour', async () => {
  await measure();
  const firstMs = Math.floor(fromMs / hourMs) * hourMs;
  await ledger.objectives.writeExclusion({
    ...{ id: 'disks', environment, by: 'ana', approvedBy: 'bo', why: 'new disks' },
    ...{ fromMs: firstMs + 10 * hourMs, untilMs: firstMs + 10 * hourMs + 10 * minuteMs },
    announcedAtMs: fromMs - hourMs,
  });
  const { objectives } = await readReport(ledger.objectives, state, { period, nowMs: untilMs });
  expect(objectives[0]?.standing.tally).toMatchObject({
    ...{ badMs: 50 * minuteMs, excludedMs: 10 * minuteMs, goodMs: 46 * hourMs, noDataMs: hourMs },
    bad: 2_500,
  });
  expect(objectives[0]?.gross?.tally.bad).toBe(3_000);
});

test('the same report can be made again years later: it does not depend on when it is asked for', async () => {
  await measure();
  const read = (nowMs: number) => readReport(ledger.objectives, state, { period, nowMs });
  const [now, later] = [await read(untilMs), await read(untilMs + 1_000 * 24 * hourMs)];
  expect(later.objectives).toEqual(now.objectives);
});

test('a period whose end the monitor has not judged yet owes nothing yet, as a backlog may still be read', async () => {
  const credits = [{ below: 0.9999, credit: 0.1 }];
  const spec = { objectives: [objectiveOf({ credits })], leastCoverage: 0.9 };
  await measure();
  const creditAt = async (judgedMs: number, nowMs: number) => {
    const standings = [standingOf({ untilMs: judgedMs })];
    const { objectives } = await readReport(
      ledger.objectives,
      { environment, spec, standings },
      { period, nowMs },
    );
    return objectives[0]?.credit?.of;
  };
  expect(await creditAt(untilMs - hourMs, untilMs + 2 * hourMs)).toBe('unknown');
  expect(await creditAt(untilMs, untilMs + 2 * hourMs)).not.toBe('unknown');
  expect(await creditAt(untilMs - hourMs, untilMs + 8 * hourMs)).not.toBe('unknown');
});
