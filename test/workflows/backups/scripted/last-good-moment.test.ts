import { ApplicationFailure } from '@temporalio/activity';
import { beforeEach, describe, expect, it } from 'vitest';
import { ScriptedBackups } from '../../../fixtures/scripted-backups.ts';
import { blocked, type ScriptedStore } from '../../../fixtures/scripted-store.ts';
import { useStarted } from '../../../fixtures/use-started.ts';
import { fillRepositories } from './filled-repositories.ts';

const backups = useStarted(() => ScriptedBackups.start());
let store: ScriptedStore;

beforeEach(async () => {
  store = await backups().store();
  fillRepositories(store, await backups().env.currentTimeMs());
  store.script('runCopy', 'db', blocked);
  Object.assign(store.log, { commits: 500, firstBad: 240 });
});

const start = (more: object = {}) =>
  backups().start('pointInTimeRecovery', store, {
    ...{ environment: store.name, database: store.name, backup: store.name },
    ...{ agent: store.name, cluster: 'main', component: 'db', repositories: ['main'] },
    check: { database: 'shop', query: 'SELECT count(*) FROM lost', expect: '0' },
    ...more,
  });

const ofTable = [10, 100, 240, 241, 400];
/** How often the server of a copy was started, the one that is restored included. */
const servers = () => store.acts.filter((act) => act === 'runCopy db').length;
const passes = () => store.acts.filter((act) => act === 'searchCopy db -').length;
const restores = () => store.acts.filter((act) => act === 'restoreSet db db-1 copy').length;
const costs = { askMs: 10, backMs: 500 };
const unable = { asked: 0, costs, unable: 'its server does not become consistent' };

describe('a search for the last good moment', () => {
  const places: [string, object][] = [
    ['of the table', { ofTable }],
    ['of another table', { ofTable: [10, 100, 239, 241, 400] }],
    ['of another table, after all of the table', { ofTable: [10, 100] }],
    ['of another table, before all of the table', { ofTable: [300, 400] }],
    ['where the table is not known', {}],
    ['that is the first one', { firstBad: 1 }],
    ['that is the last one', { firstBad: 500 }],
    ['where another one stands out', { standout: 20 }],
  ];

  it.each(places)('finds one %s on one copy', async (_, log) => {
    Object.assign(store.log, log);
    const report = await (await start({ table: 'public.orders' })).report();
    const { firstBad } = store.log;
    expect(report, report.reason).toMatchObject({ outcome: 'Restored' });
    const { search } = report.details;
    expect(search).toMatchObject({ copies: 1, firstBad: { ordinal: firstBad } });
    expect(search?.lastGood?.ordinal).toBe(firstBad === 1 ? undefined : firstBad - 1);
    expect(servers()).toBe(1);
  });

  it('asks in more than one pass, and shows what each has found', async () => {
    Object.assign(store.log, { commits: 10_000, firstBad: 9_137 });
    const report = await (await start()).report();
    expect(report.details.search).toMatchObject({ copies: 1, firstBad: { ordinal: 9_137 } });
    expect(passes()).toBeGreaterThan(1);
    const shown = (report.steps ?? []).filter(({ name }) => name.startsWith('replay and ask'));
    expect(shown).toHaveLength(passes());
    const last = shown.at(-1)?.evidence.map(({ what, value }) => `${what} ${value}`);
    expect(last).toEqual(
      expect.arrayContaining(['good after transaction 9836: 0', 'bad after transaction 9837: 5']),
    );
  });

  it('restores another copy where the first one cannot go back far enough, and keeps what it knows', async () => {
    const at = (commits: number, seen: string) => ({ commits, xid: String(700 + commits), seen });
    store.script(
      'searchCopy',
      'db',
      { asked: 4, costs, good: at(200, '0'), bad: at(300, '5') },
      { asked: 0, costs, spent: 'its pages on disk are of a later state' },
      { asked: 9, costs, good: at(239, '0'), bad: at(240, '5') },
    );
    const report = await (await start()).report();
    expect(report.outcome, report.reason).toBe('Restored');
    expect(report.details.search).toMatchObject({ probes: 13, copies: 2 });
    expect(report.notes.join()).toContain('its pages on disk are of a later state');
    expect(store.copies.size).toBe(1);
  });

  it.each([
    ['cannot replay it in steps', unable],
    ['does not get on', { asked: 1, costs }],
    ['has a copy that shows nothing', { asked: 0, costs, spent: 'pages are of a later state' }],
  ])('asks one copy after the other where the agent %s', async (_, answer) => {
    store.script('searchCopy', 'db', answer);
    const report = await (await start()).report();
    expect(report.outcome, report.reason).toBe('Restored');
    expect(report.details.search?.firstBad?.ordinal).toBe(240);
    expect(passes()).toBe(1);
    expect(store.copies.size).toBe(1);
  });

  it('is over where the last pass has found it, whatever the agent cannot do any more', async () => {
    const at = (commits: number, seen: string) => ({ commits, xid: String(700 + commits), seen });
    const found = { good: at(239, '0'), bad: at(240, '5') };
    store.script('searchCopy', 'db', { ...unable, asked: 9, ...found });
    const report = await (await start()).report();
    expect(report.outcome, report.reason).toBe('Restored');
    expect(report.details.search).toMatchObject({ copies: 1, firstBad: { ordinal: 240 } });
  });

  it('goes on between what it knows, on another copy, where an older agent takes over', async () => {
    const at = (commits: number, seen: string) => ({ commits, xid: String(700 + commits), seen });
    store.script(
      'searchCopy',
      'db',
      { asked: 4, costs, good: at(238, '0'), bad: at(241, '5') },
      ApplicationFailure.nonRetryable('unknown', 'NotFoundError'),
    );
    const report = await (await start()).report();
    expect(report.outcome, report.reason).toBe('Restored');
    expect(report.details.search?.firstBad?.ordinal).toBe(240);
    expect(report.notes.join()).toContain('searched by a later version');
    // The last one is the proof of what is restored.
    expect(store.acts.filter((act) => act.startsWith('askCheck')).length).toBeLessThan(6);
  });

  it('asks one copy after the other where the agent is older', async () => {
    store.script('searchCopy', 'db', ApplicationFailure.nonRetryable('unknown', 'NotFoundError'));
    const report = await (await start()).report();
    expect(report.outcome, report.reason).toBe('Restored');
    expect(report.details.search?.firstBad?.ordinal).toBe(240);
    expect(report.notes.join()).toContain('has an earlier version');
  });

  it.each(places)('finds one %s, asking one copy after the other', async (_, log) => {
    Object.assign(store.log, log);
    store.script('searchCopy', 'db', unable);
    const report = await (await start({ table: 'public.orders' })).report();
    const { firstBad } = store.log;
    expect(report, report.reason).toMatchObject({ outcome: 'Restored' });
    expect(report.details.search?.firstBad?.ordinal).toBe(firstBad);
    expect(report.details.search?.lastGood?.ordinal).toBe(
      firstBad === 1 ? undefined : firstBad - 1,
    );
  });

  it('says that a check which answers by chance is none', async () => {
    Object.assign(store.log, { commits: 2, ofTable: [1, 2] });
    store.script('searchCopy', 'db', unable);
    const answer = (seen: string) => ({ kind: 'answer', seen }) as const;
    // After the first one good, and before the second one, which is the same moment, bad.
    store.script('askCheck', 'db', answer('0'), answer('5'));
    const report = await (await start({ table: 'public.orders' })).report();
    expect(report.outcome).toBe('Failed');
    expect(report.reason).toContain('the check answers differently at the same moment');
    expect(store.copies.size).toBe(0);
  });

  it('asks no more often than it said', async () => {
    Object.assign(store.log, { commits: 10_000, firstBad: 9_137 });
    store.script('searchCopy', 'db', unable);
    const report = await (await start()).report();
    const said = (report.steps ?? [])
      .flatMap(({ evidence }) => evidence.map(({ value }) => value))
      .find((value) => value.includes('at most'));
    const [, most = '0', copies = '0'] =
      /at most (\d+) questions, and (\d+) copies/.exec(said ?? '') ?? [];
    // The first copy was not searched; the last one of each is the proof of what is restored.
    expect(servers() - 1).toBeLessThanOrEqual(Number(most));
    expect(restores() - 2).toBeLessThanOrEqual(Number(copies));
    expect(report.details.search?.firstBad?.ordinal).toBe(9_137);
  });
});
