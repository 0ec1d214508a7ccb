import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LedgerDatabase } from '../../../src/adapters/ledger/open-ledger.ts';
import {
  announceExclusion,
  type WrittenExclusion,
} from '../../../src/cli/objectives/announce-exclusion.ts';
import {
  changeKnownExclusion,
  knownExclusions,
} from '../../../src/cli/objectives/known-exclusions.ts';
import { approveExclusion } from '../../../src/policies/objectives/exclusions/change-exclusion.ts';
import { ledgerAt } from '../../fixtures/ledger-at.ts';
import { standingOf } from '../../fixtures/objective.ts';

const environment = 'prod';
const nowMs = Date.parse('2026-12-20T12:00:30Z');
const who = { by: 'ana@laptop', nowMs };
const written: WrittenExclusion = {
  ...{ environment, service: ['shop'], why: 'Disk 3 of rack B', publicTitle: 'New disks' },
  ...{ from: '2026-12-24T02:00', to: '2026-12-24T04:00', zone: 'Europe/Berlin' },
};

let home: string;
let ledger: LedgerDatabase;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'belay-exclude-'));
  ledger = ledgerAt(home);
  await ledger.objectives.writeState({
    ...{ environment, atMs: nowMs, standings: [standingOf(), standingOf({ service: 'cart' })] },
  });
});
afterEach(async () => {
  await ledger.close();
  await rm(home, { recursive: true });
});

describe('maintenance that is announced on the command line', () => {
  it('is that of its zone, and is found again by whoever approves it', async () => {
    const { id } = await announceExclusion(ledger.objectives, written, who);
    const [known] = await knownExclusions(ledger.objectives, environment, nowMs);
    expect(known).toMatchObject({
      id,
      fromMs: Date.parse('2026-12-24T01:00Z'),
      services: ['shop'],
    });
    const approve = (by: string) =>
      changeKnownExclusion(ledger.objectives, { environment, id, nowMs }, (each) =>
        approveExclusion(each, by, nowMs),
      );
    await expect(approve('ana')).rejects.toThrow(/somebody else has to approve it/);
    expect(await approve('bo')).toMatchObject({ approvedBy: 'bo' });
    await expect(approve('cy')).rejects.toThrow(/already approved by bo/);
  });

  it('is refused with every problem at once, those that only the ledger knows included', async () => {
    await announceExclusion(ledger.objectives, written, who);
    const wrong = {
      ...{ ...written, service: ['shop', 'shp'], zone: 'Europe/Berln', why: ' ' },
      ...{ from: '2026-12-24T02:30:10+01:00', to: '2026-12-24T03:00Z' },
    };
    const refused = announceExclusion(ledger.objectives, wrong, who);
    await expect(refused).rejects.toThrow(/^The maintenance was not announced:/);
    for (const problem of [
      '--zone: "Europe/Berln" is no IANA time zone',
      '--why: is empty',
      '--from, --to: write whole minutes',
      '--service: no objective is about shp; there are shop, cart',
      /--from, --to: overlaps m-[0-9a-f]{8}, which was announced by ana@laptop/,
    ]) {
      await expect(refused).rejects.toThrow(problem);
    }
    expect(await knownExclusions(ledger.objectives, environment, nowMs)).toHaveLength(1);
  });

  it.each([
    [{ from: '2026-12-19T02:00', to: '2026-12-19T04:00' }, /--from: has passed/],
    [{ from: '2027-03-28T02:30', to: '2027-03-28T04:00' }, /does not exist in Europe\/Berlin/],
    [{ from: 'tomorrow' }, /--from: "tomorrow" is not a time/],
    [{ environment: 'demo' }, /No objective was measured in demo yet/],
  ])('is refused where it says %j', async (changes, problem) => {
    const announced = announceExclusion(ledger.objectives, { ...written, ...changes }, who);
    await expect(announced).rejects.toThrow(problem);
  });
});
