import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openLedger, type LedgerDatabase } from '../../src/adapters/ledger/open-ledger.ts';
import { newestVerdicts } from '../../src/cli/chaos/newest-verdicts.ts';
import { recordClosure } from '../../src/contracts/chaos/finding-closures.ts';
import { readFindings } from '../../src/contracts/chaos/read-findings.ts';
import { chaosKinds } from '../../src/kinds/chaos.ts';
import { familiesOf } from '../../src/kinds/select-kinds.ts';
import { experimentReport } from '../fixtures/chaos-reports.ts';

let home: string;
let ledger: LedgerDatabase;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'belay-findings-'));
  ledger = openLedger({ home, ledger: { keepMs: Infinity } });
});

afterEach(async () => {
  await ledger.close();
  await rm(home, { recursive: true, force: true });
});

let count = 0;
const append = async (outcome: string, details: object = {}) => {
  count += 1;
  const startedAtMs = Date.now() + count;
  const times = { startedAtMs, endedAtMs: startedAtMs };
  const report = { ...{ outcome, runRef: `run-${count}` }, ...times };
  await ledger.append(experimentReport(details, report));
};

const findings = async () =>
  (await readFindings(ledger, {}, Date.now())).map(({ outcome, state }) => `${outcome} ${state}`);

describe('findings that were read from the ledger', () => {
  it('are there although the experiment was previewed and halted many times since', async () => {
    await append('Failed');
    for (let run = 0; run < 60; run += 1) await append(run % 2 === 0 ? 'Planned' : 'Aborted');
    expect(await findings()).toEqual(['Failed open']);
  });

  it('are runs that a stop condition has ended, and no run that a person has', async () => {
    await append('Aborted', { endedBy: 'person' });
    expect(await findings()).toEqual([]);
    await append('Aborted', { endedBy: 'stop-condition' });
    expect(await findings()).toEqual(['Aborted open']);
  });
});

describe('a finding that a person has closed', () => {
  const close = (environment: string, atMs: number) =>
    recordClosure(ledger, {
      ...{ environment, experiment: 'web-freezes', runRef: `run-${count}` },
      ...{ by: 'ana', why: 'the service was removed', atMs },
    });

  it('is closed until a later run does not pass', async () => {
    await append('Failed');
    await close('staging', Date.now());
    await close('staging', Date.now() + 1);
    expect(await findings()).toEqual(['Failed closed']);
    await append('LeftBehind');
    expect(await findings()).toEqual(['LeftBehind open']);
  });

  it('is no run of the history', async () => {
    await append('Failed');
    await close('staging', Date.now());
    const listed = await ledger.list({ families: familiesOf(Object.values(chaosKinds)) });
    expect(listed.map(({ outcome }) => outcome)).toEqual(['Failed']);
  });
});

describe('the list of experiments', () => {
  it('has the last verdict, and not a preview that came after it', async () => {
    await append('Failed');
    await append('Planned');
    const listed = await newestVerdicts(ledger, chaosKinds.chaosExperiment);
    expect(listed.map(({ outcome }) => outcome)).toEqual(['Failed']);
  });
});
