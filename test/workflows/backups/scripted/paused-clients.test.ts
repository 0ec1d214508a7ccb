import { beforeEach, describe, expect, it } from 'vitest';
import { ScriptedBackups } from '../../../fixtures/scripted-backups.ts';
import type { ScriptedRun } from '../../../fixtures/scripted-run.ts';
import { absent, blocked, refused, type ScriptedStore } from '../../../fixtures/scripted-store.ts';
import { useStarted } from '../../../fixtures/use-started.ts';
import { fillRepositories } from './filled-repositories.ts';

const backups = useStarted(() => ScriptedBackups.start());
let store: ScriptedStore;

beforeEach(async () => {
  store = await backups().store();
  fillRepositories(store, await backups().env.currentTimeMs());
  store.script('runCopy', 'db', blocked);
  await tellTime();
  Object.assign(store.log, {
    ...{ commits: 500, firstBad: 240 },
    ...{ ofTable: [10, 100, 240, 241, 400], standout: 240 },
  });
});

/** Its host has the clock of the server, which has skipped time. */
async function tellTime(): Promise<void> {
  store.aheadMs = (await backups().env.currentTimeMs()) - Date.now();
}

const begin = () =>
  backups().start('pointInTimeRecovery', store, {
    ...{ environment: store.name, database: store.name, backup: store.name },
    ...{ agent: store.name, cluster: 'main', component: 'db', repositories: ['main'] },
    check: { database: 'shop', query: 'SELECT count(*) FROM lost', expect: '0' },
    ...{ then: 'swap', table: 'public.orders', approvers: ['ana'] },
    ...{ stopWrites: 'pause', pause: { agent: store.name, router: 'shop', for: '30m' } },
  });

async function approved(run: ScriptedRun): Promise<ScriptedRun> {
  await run.until(({ phase }) => phase === 'awaiting-approval');
  await run.send('approve');
  return run;
}

describe('a recovery that has the clients of a PgBouncer wait', () => {
  it('lets them go on once the database is back in its place, and holds no writes', async () => {
    const run = await begin();
    const { now } = await run.until(({ phase }) => phase === 'awaiting-approval');
    expect(now).toMatch(
      /by clients that do not go through shop, or once its clients go on at \d{4}-/,
    );
    expect(store.pooler.isPaused).toBe(true);
    const report = await (await approved(run)).report();
    expect(report, report.reason).toMatchObject({ outcome: 'Recovered', undo: [] });
    expect(store.acts[0]).toBe('pauseRoute shop');
    expect(store.acts.at(-1)).toBe('resumeRoute shop');
    expect(store.acts).not.toContain('holdWrites db -');
    expect(store.pooler.isPaused).toBe(false);
  });

  it.each([
    ['the loss is rejected', 'reject', 'Aborted'],
    ['it is aborted', 'abort', 'Aborted'],
  ] as const)('lets them go on where %s', async (_, verb, outcome) => {
    const run = await begin();
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await run.send(verb);
    expect((await run.report()).outcome).toBe(outcome);
    expect(store.acts.at(-1)).toBe('resumeRoute shop');
    expect(store.pooler.isPaused).toBe(false);
  });

  it('puts the database back before they go on, where the check does not hold there', async () => {
    const run = await begin();
    await run.until(({ phase }) => phase === 'awaiting-approval');
    store.script('askCheck', 'db', { kind: 'answer', seen: '5' });
    const report = await (await approved(run)).report();
    expect(report.outcome).toBe('Failed');
    expect(store.places.get('db')).toEqual({ isReplaced: false, running: true });
    expect(store.acts.at(-1)).toBe('resumeRoute shop');
  });

  it('says so where they have gone on by themselves before an approval came', async () => {
    const run = await begin();
    await run.until(({ phase }) => phase === 'awaiting-approval');
    await backups().env.sleep('2h');
    await tellTime();
    const report = await (await approved(run)).report();
    expect(report.outcome).toBe('Recovered');
    expect(report.notes.join()).toContain('clients of shop went on by themselves at');
  });

  it('has them wait for as long again after the approval, and right before the server is stopped', async () => {
    const report = await (await approved(await begin())).report();
    expect(report.outcome).toBe('Recovered');
    const acts = store.acts.filter((act) => /^(pauseRoute|restoreSet|stopServer)/.test(act));
    expect(acts.slice(-4)).toEqual([
      ...['pauseRoute shop', expect.stringMatching(/^restoreSet db .* next$/)],
      ...['pauseRoute shop', 'stopServer db -'],
    ]);
    expect(report.notes.join()).not.toContain('paused again');
  });

  it('has the loss approved again where those of one of several databases had gone on', async () => {
    const run = await begin();
    await run.until(({ phase }) => phase === 'awaiting-approval');
    store.script('restoreSet', 'db', blocked);
    await run.send('approve');
    await run.until(() => store.acts.some((act) => act.endsWith(' next')));
    store.pooler.isPartlyResumed = true;
    store.release();
    const { now } = await run.until(({ phase }) => phase === 'awaiting-approval');
    expect(now).toContain('clients of shop committed before they were paused again');
    expect(store.acts).not.toContain('stopServer db -');
    const report = await (await approved(run)).report();
    expect(report.notes.join()).toContain('some clients of shop did not wait any more');
  });

  it.each([
    ['approve', 'Recovered'],
    ['reject', 'Aborted'],
  ] as const)(
    'has the loss approved again where they had gone on meanwhile: %s',
    async (verb, outcome) => {
      const run = await begin();
      await run.until(({ phase }) => phase === 'awaiting-approval');
      store.script('restoreSet', 'db', blocked);
      await run.send('approve');
      await run.until(() => store.acts.some((act) => act.endsWith(' next')));
      store.pooler.isPaused = false;
      store.release();
      const { now } = await run.until(({ phase }) => phase === 'awaiting-approval');
      expect(now).toContain('clients of shop committed before they were paused again');
      expect(store.pooler.isPaused).toBe(true);
      expect(store.acts).not.toContain('stopServer db -');
      await run.send(verb);
      const report = await run.report();
      expect(report).toMatchObject({ outcome });
      expect(store.acts.includes('swapIn db -')).toBe(verb === 'approve');
      expect(report.notes.join()).toContain('clients of shop did not wait any more');
    },
  );

  it('lets them go on by itself once the agent of their PgBouncer is back', async () => {
    const away = absent('agent pool-1 did not take it up');
    store.script('resumeRoute', 'shop', away, away, away, undefined);
    const report = await (await approved(await begin())).report();
    expect(report, report.reason).toMatchObject({ outcome: 'Recovered', undo: [] });
    expect(store.acts.slice(-4)).toEqual(Array(4).fill('resumeRoute shop'));
    expect(store.pooler.isPaused).toBe(false);
  });

  it('asks a person where they cannot be let go on, and goes on trying', async () => {
    store.script('resumeRoute', 'shop', refused('its console does not answer'));
    const run = await approved(await begin());
    await run.until(() => store.acts.at(-1) === 'resumeRoute shop');
    await backups().env.sleep('3m');
    const { now, accepts } = await run.until(({ phase }) => phase === 'stuck');
    expect(now).toMatch(/clients of shop wait until \d{4}-.*: its console does not answer/);
    expect(accepts).toEqual(['retry', 'giveUp']);
    store.script('resumeRoute', 'shop', undefined);
    expect(await run.report()).toMatchObject({ outcome: 'Recovered', undo: [] });
    expect(store.pooler.isPaused).toBe(false);
  });

  it('asks nobody any more once they have gone on by themselves', async () => {
    store.script('resumeRoute', 'shop', refused('its console does not answer'));
    const run = await approved(await begin());
    await run.until(() => store.acts.at(-1) === 'resumeRoute shop');
    await backups().env.sleep('3m');
    await run.until(({ phase }) => phase === 'stuck');
    await backups().env.sleep('1h');
    const report = await run.report();
    expect(report, report.reason).toMatchObject({ outcome: 'Recovered', undo: [] });
    expect(report.notes.join()).toMatch(/clients of shop went on by themselves at .*its console/);
  });

  it('knows how long they wait by its own clock, whatever that of their host says', async () => {
    store.aheadMs -= 20 * 60_000;
    store.script('resumeRoute', 'shop', refused('its console does not answer'));
    const run = await approved(await begin());
    await run.until(() => store.acts.at(-1) === 'resumeRoute shop');
    await backups().env.sleep('15m');
    await run.until(({ phase }) => phase === 'stuck');
    store.script('resumeRoute', 'shop', undefined);
    const report = await run.report();
    expect(report, report.reason).toMatchObject({ outcome: 'Recovered', undo: [] });
    expect(report.notes.join()).not.toContain('by themselves');
    expect(store.pooler.isPaused).toBe(false);
  });

  it('is Incomplete where a person gives that up', async () => {
    store.script('resumeRoute', 'shop', refused('its console does not answer'));
    const run = await approved(await begin());
    await run.until(() => store.acts.at(-1) === 'resumeRoute shop');
    await backups().env.sleep('3m');
    await run.until(({ phase }) => phase === 'stuck');
    await run.send('giveUp');
    const report = await run.report();
    expect(report.outcome).toBe('Incomplete');
    expect(report.reason).toMatch(
      /^db is as it was .*Not done: let the clients of shop go on: its/,
    );
    expect(report.notes.join()).toMatch(/clients of shop wait until .*: .*console/);
    const step = report.steps?.find(({ name }) => name === 'let the clients of shop go on');
    expect(step).toMatchObject({ state: 'failed' });
    expect(step?.evidence.at(-1)).toMatchObject({
      ...{ what: 'failure', value: 'its console does not answer' },
    });
  });

  it('puts all back where they cannot be made to wait', async () => {
    store.script('pauseRoute', 'shop', refused('a transaction is still open after 5000 ms'));
    const report = await (await begin()).report();
    expect(report).toMatchObject({ outcome: 'Failed' });
    expect(store.acts).toEqual(['pauseRoute shop', 'resumeRoute shop']);
  });

  it.each([
    ['problems', ['shop is paused at PgBouncer, and not by Belay'], 'and not by Belay'],
    ['cannotPause', 'pool_mode is session for shop', 'pool_mode is session'],
    ['isPaused', true, 'for another run of Belay'],
    ['systemIdentifier', '8', 'it leads to database 8, and this one is 7'],
    ['systemIdentifier', undefined, 'nobody can say to which database it leads'],
    ['saysWhetherAllWait', false, 'nobody can say whether clients of all its databases wait'],
  ])('is refused for its %s before anything is done', async (name, found, why) => {
    Object.assign(store.pooler, { [name]: found });
    expect(await (await begin()).refusal()).toContain(why);
    expect(store.acts).toEqual([]);
  });
});
