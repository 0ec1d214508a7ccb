import { beforeEach, describe, expect, it } from 'vitest';
import {
  nothingBefore,
  readKnownIncidents,
  type IncidentSources,
  type KnownBefore,
} from '../../../src/cli/status-page/known-incidents.ts';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
import type { IncidentFacts, IncidentStatus } from '../../../src/contracts/recovery/incident.ts';

const nowMs = Date.UTC(2026, 10, 30, 12);
const workflowId = 'incident/prod/shop';
const facts = {
  ...{ services: ['shop'], severity: 'sev1', moments: {}, timeline: [] },
  published: [{ atMs: nowMs - 60_000, by: 'ana', state: 'investigating', text: 'We look.' }],
} as unknown as IncidentFacts;
const statusOf = (more: Partial<IncidentStatus> = {}) =>
  ({ runRef: 'run-7', workflowId, startedAtMs: 1, incident: facts, ...more }) as IncidentStatus;
const reportOf = (outcome = 'Closed') =>
  ({
    ...{ kind: 'incident', runRef: 'run-7', workflowId, outcome, startedAtMs: 1, endedAtMs: nowMs },
    details: facts,
  }) as unknown as RunReport;

let before: KnownBefore;
beforeEach(() => {
  before = nothingBefore();
});

function read(sources: Partial<IncidentSources>) {
  return readKnownIncidents(
    {
      listOpen: () => Promise.resolve([]),
      ask: () => Promise.reject(new Error('no worker answers')),
      listEnded: () => Promise.resolve([]),
      ...sources,
    },
    before,
    { nowMs, sinceMs: nowMs - 90 * 86_400_000 },
  );
}
const open = {
  listOpen: () => Promise.resolve([workflowId]),
  ask: () => Promise.resolve(statusOf()),
};

describe('incidents that a page is built from', () => {
  it('are open while they are', async () => {
    expect(await read(open)).toMatchObject([{ runRef: 'run-7', services: ['shop'] }]);
    expect((await read(open))[0]).not.toHaveProperty('endedAtMs');
  });

  it('have one that ends while the page is built, before its report is written', async () => {
    const ended = { ...open, ask: () => Promise.resolve(statusOf({ outcome: 'Closed' })) };
    expect(await read(ended)).toMatchObject([{ runRef: 'run-7', endedAtMs: nowMs }]);
  });

  it('have one that has ended, but whose report is late, once and as it was', async () => {
    await read(open);
    const late = { ask: () => Promise.resolve(statusOf({ outcome: 'Closed' })) };
    expect(await read(late)).toMatchObject([{ runRef: 'run-7', endedAtMs: nowMs }]);
    const written = { listEnded: () => Promise.resolve([reportOf()]) };
    expect(await read(written)).toMatchObject([{ runRef: 'run-7', endedAtMs: nowMs }]);
    expect(before.incidents.size).toBe(0);
  });

  it('keep what was last known of one that does not answer, as where no worker is there', async () => {
    await read(open);
    expect(await read({ listOpen: open.listOpen })).toMatchObject([{ runRef: 'run-7' }]);
  });

  it('leave out one that was declared while no worker answers, so that the page goes on to say what is known', async () => {
    await read(open);
    const listOpen = () => Promise.resolve([workflowId, 'incident/prod/cart']);
    const ask = (asked: string) =>
      asked === workflowId ? Promise.resolve(statusOf()) : Promise.reject(new Error('no worker'));
    expect(await read({ listOpen, ask })).toMatchObject([{ runRef: 'run-7' }]);
    expect(await read({ listOpen })).toMatchObject([{ runRef: 'run-7' }]);
  });

  it('are not known where the first answer fails, so that no words are taken from a page that a build before has written', async () => {
    await expect(read({ listOpen: open.listOpen })).rejects.toThrow('no worker answers');
  });

  it('have one that was withdrawn, so that what was published of it is seen to be over', async () => {
    const withdrawn = { listEnded: () => Promise.resolve([reportOf('Withdrawn')]) };
    expect(await read(withdrawn)).toMatchObject([{ runRef: 'run-7', endedAtMs: nowMs }]);
  });

  it('are still open where somebody has terminated their runs, as nobody has published that they are over', async () => {
    await read(open);
    const terminated = { ask: () => Promise.resolve(statusOf()) };
    expect((await read(terminated))[0]).not.toHaveProperty('endedAtMs');
    expect((await read({}))[0]).not.toHaveProperty('endedAtMs');
  });

  it('are over where the same incident was declared again after their runs were terminated', async () => {
    await read(open);
    const again = {
      ...open,
      ask: () => Promise.resolve(statusOf({ runRef: 'run-8', startedAtMs: 9 })),
    };
    expect(await read(again)).toMatchObject([
      { runRef: 'run-8' },
      { runRef: 'run-7', endedAtMs: 9 },
    ]);
    expect(await read(again)).toHaveLength(2);
  });

  it('are forgotten once they are older than what the page shows, and no longer open', async () => {
    await read(open);
    const later = { nowMs, sinceMs: nowMs };
    const sources = {
      listOpen: open.listOpen,
      ask: open.ask,
      listEnded: () => Promise.resolve([]),
    };
    expect(await readKnownIncidents(sources, before, later)).toHaveLength(1);
    const none = { ...sources, listOpen: () => Promise.resolve([]) };
    expect(await readKnownIncidents(none, before, later)).toHaveLength(0);
    expect(before.incidents.size).toBe(0);
  });
});
