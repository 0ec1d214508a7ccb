import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LedgerDatabase } from '../../../src/adapters/ledger/open-ledger.ts';
import { readReport } from '../../../src/cli/objectives/read-report.ts';
import {
  excludedMinutes,
  recordDowntime,
  type WrittenDowntime,
} from '../../../src/cli/objectives/record-downtime.ts';
import { withdrawCounts, withdrawDowntime } from '../../../src/cli/objectives/withdraw.ts';
import { hourMs, minuteMs } from '../../../src/contracts/objectives/minute.ts';
import { updateHour } from '../../../src/policies/objectives/update-hour.ts';
import { renderSloHtml } from '../../../src/render/objectives/html/render-slo-html.ts';
import { renderSloReport } from '../../../src/render/objectives/render-slo-report.ts';
import { ledgerAt } from '../../fixtures/ledger-at.ts';
import { minuteAt, objectiveOf } from '../../fixtures/objective.ts';

const environment = 'prod';
const noon = Date.UTC(2026, 10, 30, 12);
const nowMs = noon + 3 * hourMs;
const who = { by: 'ana', nowMs };
const spec = {
  ...{ objectives: [objectiveOf(), objectiveOf({ name: 'baskets', service: 'cart' })] },
  leastCoverage: 0.9,
};
const written: WrittenDowntime = {
  ...{ environment, service: ['shop'], zone: 'UTC', why: 'The provider was down' },
  ...{ from: '2026-11-30T12:50', to: '2026-11-30T13:10' },
};

let home: string;
let ledger: LedgerDatabase;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'belay-downtime-'));
  ledger = ledgerAt(home);
  await ledger.objectives.writeState({ environment, atMs: nowMs, standings: [], spec });
  await measure(noon);
  await measure(noon + 2 * hourMs);
});
afterEach(async () => {
  await ledger.close();
  await rm(home, { recursive: true });
});

/** 100 good requests in each minute of an hour. */
function measure(atMs: number): Promise<void> {
  const minutes = Array.from({ length: 60 }, (_, index) => minuteAt(atMs + index * minuteMs, 100));
  const hours = [{ objective: 'checkout', atMs }];
  return ledger.objectives.updateHours(environment, hours, (known) =>
    updateHour(objectiveOf(), known, minutes),
  );
}

function report() {
  const period = { fromMs: noon, untilMs: nowMs, zone: 'UTC', isUnfinished: false };
  return readReport(ledger.objectives, { environment, spec }, { period, nowMs });
}

describe('downtime that is recorded by hand', () => {
  it('is bad time, also where nothing was measured, and no other objective has any', async () => {
    await recordDowntime(ledger.objectives, written, who);
    const [shop, cart] = (await report()).objectives;
    expect(shop?.standing.tally).toMatchObject({
      ...{ badMs: 20 * minuteMs, goodMs: 110 * minuteMs, noDataMs: 50 * minuteMs },
      bad: 2_000,
    });
    expect(cart?.standing.tally.badMs).toBe(0);
    expect(cart?.downtimes).toEqual([]);
  });

  it('is in reports as such, with who said so', async () => {
    await recordDowntime(ledger.objectives, written, who);
    const made = await report();
    expect(made.objectives[0]?.downtimes).toMatchObject([
      { by: 'ana', why: 'The provider was down', recordedAtMs: nowMs },
    ]);
    expect(renderSloReport(made)).toMatch(
      /### Recorded by hand\n\n.*\n.*\n\| 2026-11-30 12:50 \| .* \| downtime \| .* \| ana \| The provider was down \|/,
    );
    expect(renderSloHtml(made)).toContain('Recorded by hand');
  });

  it('stands against what is counted later, and what it took the place of is kept', async () => {
    await recordDowntime(ledger.objectives, written, who);
    await measure(noon);
    expect((await report()).objectives[0]?.standing.tally.badMs).toBe(20 * minuteMs);
    const filter = { environment, fromMs: noon, untilMs: nowMs };
    const corrected = await ledger.objectives.listCorrected(filter);
    expect(corrected.map(({ minute }) => minute.good)).toEqual(Array(10).fill(100));
  });

  it('is of every objective only where that was said', async () => {
    const { service: _, ...unnamed } = written;
    await expect(recordDowntime(ledger.objectives, unnamed, who)).rejects.toThrow(
      '--objective, --service: name what was down, or give --all for every objective of prod',
    );
    await expect(recordDowntime(ledger.objectives, { ...written, all: true }, who)).rejects.toThrow(
      '--all: leave it out',
    );
    const all = await recordDowntime(ledger.objectives, { ...unnamed, all: true }, who);
    expect(all.objectives).toEqual(['checkout', 'baskets']);
  });

  it('is refused with every problem at once, and then nothing is recorded', async () => {
    await recordDowntime(ledger.objectives, written, who);
    const wrong = {
      ...{ ...written, objective: ['checkout', 'chekout'], why: '' },
      ...{ from: '2026-11-30T13:00:30Z', to: '2026-11-30T16:00' },
    };
    const refused = recordDowntime(ledger.objectives, wrong, who);
    for (const problem of [
      'The downtime was not recorded:',
      '--why: is empty',
      '--objective: there is no chekout; there are checkout, baskets',
      '--to: is in the future',
      '--from, --to: write whole minutes',
      /overlaps d-[0-9a-f]{8} of checkout, which was recorded by ana/,
    ]) {
      await expect(refused).rejects.toThrow(problem);
    }
    expect((await report()).objectives[0]?.downtimes).toHaveLength(1);
  });

  it('is taken back: its minutes are what they were before, and reports say who withdrew it', async () => {
    const before = (await report()).objectives[0]?.standing.tally;
    const { id } = await recordDowntime(ledger.objectives, written, who);
    const withdraw = (by: string, why: string) =>
      withdrawDowntime(ledger.objectives, { environment, id }, { by, why, nowMs });
    await expect(withdraw('bo', ' ')).rejects.toThrow('--why: is empty');
    await withdraw('bo', 'it was another service');
    const made = await report();
    expect(made.objectives[0]?.standing.tally).toEqual(before);
    expect(renderSloReport(made)).toContain('downtime, withdrawn by bo: it was another service');
    await expect(withdraw('bo', 'again')).rejects.toThrow(`${id} was withdrawn by bo`);
    await recordDowntime(ledger.objectives, written, who);
    expect((await report()).objectives[0]?.standing.tally.badMs).toBe(20 * minuteMs);
  });

  it('has no effect in maintenance that counts, and its minutes there are told', async () => {
    const excluded = { ...{ id: 'm-1', environment, why: 'disks', by: 'ana', approvedBy: 'bo' } };
    const [fromMs, untilMs] = [noon + 55 * minuteMs, noon + 58 * minuteMs];
    await ledger.objectives.writeExclusion({ ...excluded, fromMs, untilMs, announcedAtMs: noon });
    const recorded = await recordDowntime(ledger.objectives, written, who);
    expect(await excludedMinutes(ledger.objectives, recorded)).toEqual([
      { objective: 'checkout', minutes: 3 },
    ]);
  });

  it('is not taken back where there is none of that ID', async () => {
    const unknown = { environment, id: 'd-00000000' };
    const by = { by: 'bo', why: 'a mistake', nowMs };
    await expect(withdrawDowntime(ledger.objectives, unknown, by)).rejects.toThrow(
      'there is no downtime d-00000000 in prod',
    );
  });
});

describe('counts that were pushed', () => {
  const counts = {
    ...{ environment, objective: 'checkout', zone: 'UTC' },
    ...{ from: '2026-11-30T12:10', to: '2026-11-30T12:20' },
  };
  const bo = { by: 'bo', why: 'counted in bytes', nowMs };

  it('are withdrawn: their minutes have no data, what they were is kept, and reports say so', async () => {
    const pushed = objectiveOf({ source: { of: 'pushed' } });
    const state = { environment, atMs: nowMs, standings: [] };
    await ledger.objectives.writeState({ ...state, spec: { ...spec, objectives: [pushed] } });
    expect(await withdrawCounts(ledger.objectives, counts, bo)).toMatchObject({ minutes: 10 });
    const made = await report();
    expect(made.objectives[0]?.standing.tally).toMatchObject({
      ...{ goodMs: 110 * minuteMs, noDataMs: 70 * minuteMs },
    });
    expect(renderSloReport(made)).toContain('pushed counts, withdrawn');
    const filter = { environment, fromMs: noon, untilMs: nowMs };
    expect(await ledger.objectives.listCorrected(filter)).toHaveLength(10);
    await expect(withdrawCounts(ledger.objectives, counts, bo)).rejects.toThrow(
      'there are no counts in this time',
    );
  });

  it('are the only ones that are withdrawn: what Belay counted itself stays', async () => {
    const refused = withdrawCounts(ledger.objectives, { ...counts, to: '2026-11-30T19:00' }, bo);
    await expect(refused).rejects.toThrow('--objective: counts of checkout are not pushed');
    await expect(refused).rejects.toThrow('--to: is in the future');
  });
});
