import { beforeEach, describe, expect, it } from 'vitest';
import { ScriptedBackups } from '../../../fixtures/scripted-backups.ts';
import {
  blocked,
  damaged,
  absent,
  refused,
  setOf,
  type ScriptedStore,
} from '../../../fixtures/scripted-store.ts';
import { useStarted } from '../../../fixtures/use-started.ts';

const backups = useStarted(() => ScriptedBackups.start());
let store: ScriptedStore;

beforeEach(async () => {
  store = await backups().store();
});

const start = (more: object = {}) => backups().start('backup', store, backups().plan(store, more));
const everySet = ['makeSet db main full', 'makeSet db offsite full', 'makeSet uploads files full'];

const database = {
  ...({ version: '15.18', role: 'primary', running: true } as const),
  at: { timeline: 1, segment: '000000010000000000000003', lsn: '0/3000028' },
};

describe('a backup', () => {
  it('makes a set of every component in each of its repositories, and writes it down', async () => {
    const report = await (await start()).report();
    expect(report).toMatchObject({
      ...{ family: 'backups', kind: 'backup', outcome: 'Complete' },
      reason: '3 sets are complete: 2 components',
      notes: [],
    });
    expect(store.acts).toEqual(everySet);
    expect(report.details.sets?.map(({ set }) => set?.label)).toEqual([
      'db-1',
      'db-1',
      'uploads-1',
    ]);
    expect(store.facts.map(({ kind, label }) => `${kind} ${label}`)).toEqual([
      'made db-1',
      'made db-1',
      'made uploads-1',
    ]);
    expect(store.permits[0]?.scopes).toEqual([
      { of: 'database', name: 'main' },
      { of: 'repository', name: 'main' },
      { of: 'repository', name: 'offsite' },
      { of: 'repository', name: 'files' },
    ]);
    expect(store.reports).toEqual([report]);
  });

  it('marks a database that takes writes, and builds on the last full set', async () => {
    store.source['db'] = { database };
    const stoppedAtMs = await backups().env.currentTimeMs();
    store.setsIn('main').push(setOf('db-0', { stoppedAtMs }));
    const report = await (await start({ verify: {} })).report();
    expect(report.outcome).toBe('Complete');
    expect(store.acts).toEqual([
      'writeMark db -',
      'makeSet db main incremental',
      'makeSet db offsite full',
      'makeSet uploads files full',
      ...['checkSet db db-2', 'checkSet db db-1', 'checkSet uploads uploads-1'],
    ]);
    expect(report.reason).toContain('read back');
  });

  it('notices within the heartbeat that an agent was killed, whatever it was doing', async () => {
    store.source['db'] = { database };
    const run = await start({ verify: {} });
    await run.report();
    const { events } = await run.handle.fetchHistory();
    const calls = (events ?? [])
      .map((event) => event.activityTaskScheduledEventAttributes)
      .filter((activity) => activity?.taskQueue?.name?.startsWith('belay-agent-'));
    expect(calls.length).toBeGreaterThan(5);
    for (const call of calls) {
      expect([call?.activityType?.name, Number(call?.heartbeatTimeout?.seconds)]).toEqual([
        call?.activityType?.name,
        30,
      ]);
    }
  });

  it('is Partial where one component fails, and the others go on', async () => {
    store.script('makeSet', 'db', refused('stanza main is not there'));
    const report = await (await start()).report();
    expect(report).toMatchObject({
      outcome: 'Partial',
      reason:
        '1 of 3 sets were made: db in main: stanza main is not there; db in offsite: stanza main is not there',
    });
    expect(report.steps?.map(({ name, state }) => `${name}: ${state}`)).toContain(
      'back up db to main: failed',
    );
    expect(store.notifications.at(-1)).toMatchObject({ event: 'failed' });
  });

  it('is Failed where no set was made', async () => {
    store.script('makeSet', '*', refused('the disk is full'));
    const report = await (await start({ component: 'uploads' })).report();
    expect(report).toMatchObject({
      outcome: 'Failed',
      reason: expect.stringContaining('disk is full') as string,
    });
  });

  it('is Partial where what was made is damaged', async () => {
    store.script('checkSet', 'uploads', damaged('uploads-1'));
    const report = await (await start({ verify: {} })).report();
    expect(report).toMatchObject({
      outcome: 'Partial',
      reason: expect.stringContaining(
        'uploads in files is damaged: base/1/1259: checksum mismatch',
      ) as string,
    });
    expect(store.facts.filter(({ kind }) => kind === 'damaged')).toHaveLength(1);
  });

  it('is refused with every reason of all components before anything is done', async () => {
    store.source['db'] = { refusals: ['it does not run', 'it does not archive'] };
    store.script('examineSource', 'uploads', refused('/srv/uploads is not among the paths'));
    expect(await (await start()).refusal()).toBe(
      'db: it does not run; db: it does not archive; uploads: /srv/uploads is not among the paths',
    );
    expect(store.acts).toEqual([]);
    expect(store.permits).toEqual([]);
  });

  it('backs up what it can where an agent is absent, and says whose', async () => {
    store.script('examineSource', 'db', absent('agent db-1 did not take it up'));
    const report = await (await start()).report();
    expect(report).toMatchObject({
      outcome: 'Partial',
      reason: expect.stringContaining('db in main: agent db-1 did not take it up') as string,
    });
    expect(store.acts).toEqual(['makeSet uploads files full']);
  });

  it('is refused where every agent is absent', async () => {
    store.script('examineSource', '*', absent('agent db-1 did not take it up'));
    expect(await (await start()).refusal()).toBe(
      'db: agent db-1 did not take it up; uploads: agent db-1 did not take it up',
    );
  });

  it('waits for a run that is in the way, and then goes on', async () => {
    const answers = [
      { granted: false as const, type: 'PermitRefused' as const, reason: 'a restore is under way' },
      { granted: true as const, notes: [] },
    ];
    store.permit = () => answers.shift() ?? { granted: true, notes: [] };
    const report = await (await start()).report();
    expect(report.outcome).toBe('Complete');
    expect(store.permits).toHaveLength(2);
  });

  it('waits for nobody for ever', async () => {
    store.permit = () => ({ granted: false, type: 'PermitRefused', reason: 'a restore is stuck' });
    expect(await (await start()).refusal()).toBe('a restore is stuck');
    expect(store.acts).toEqual([]);
  });

  it('is complete without a ledger, and what it found out is written once there is one', async () => {
    store.ledgerFailure = new Error('the ledger is away');
    const report = await (await start()).report();
    expect(report.outcome).toBe('Complete');
    const note = report.notes.find((text) => text.startsWith('3 facts')) ?? '';
    expect(note).toContain('the ledger is away');
    const writer = /write-facts\S+/.exec(note)?.[0] ?? '';
    store.ledgerFailure = undefined;
    await backups().env.client.workflow.getHandle(writer).result();
    expect(store.facts.map(({ kind, label }) => `${kind} ${label}`)).toEqual([
      'made db-1',
      'made db-1',
      'made uploads-1',
    ]);
  });

  it('says where the server archived what a repository does not have', async () => {
    const archiver = { lastArchived: '000000010000000000000009', lastArchivedAtMs: 5, waiting: 0 };
    store.source['db'] = { database: { ...database, archiver } };
    const range = { timeline: 1, first: '000000010000000000000001', segments: 3, bytes: 3 };
    const wal = [{ ...range, last: '000000010000000000000003', firstAtMs: 0, lastAtMs: 1 }];
    store.contents['main'] = { wal };
    const report = await (await start()).report();
    expect(report).toMatchObject({
      outcome: 'Partial',
      reason: expect.stringContaining(
        'the server says that it archived 000000010000000000000009, and main does not have it (its last: 000000010000000000000003)',
      ) as string,
    });
  });

  it('replicates what it made, from the first repository', async () => {
    const replicateTo = { uploads: 'cold' };
    const report = await (await start({ replicateTo })).report();
    expect(report.outcome).toBe('Complete');
    expect(store.acts.slice(3)).toEqual(['copySet uploads uploads-1 cold']);
    expect(store.permits[0]?.scopes).toContainEqual({ of: 'repository', name: 'cold' });
    expect(store.facts.at(-1)).toMatchObject({
      kind: 'replicated',
      replicated: { repository: 'cold' },
    });
  });
});

describe('what a backup made', () => {
  it('is written down also where it is aborted before its end', async () => {
    store.script('makeSet', 'db', undefined, blocked);
    const run = await start();
    await run.until(() => store.acts.includes('makeSet db offsite full'));
    await run.send('abort');
    expect((await run.report()).outcome).toBe('Aborted');
    expect(store.facts).toMatchObject([{ kind: 'made', label: 'db-1', repository: 'main' }]);
  });

  it('is not replicated where its own verification found it damaged', async () => {
    store.script('checkSet', 'uploads', damaged('uploads-1'));
    const report = await (await start({ verify: {}, replicateTo: { uploads: 'cold' } })).report();
    expect(report.outcome).toBe('Partial');
    expect(report.reason).toContain('it was not replicated to cold, as it is damaged');
    expect(store.acts.filter((act) => act.startsWith('copySet'))).toEqual([]);
  });
});
