import { beforeEach, describe, expect, it } from 'vitest';
import { ScriptedBackups } from '../../../fixtures/scripted-backups.ts';
import type { ScriptedRun } from '../../../fixtures/scripted-run.ts';
import {
  blocked,
  finishing,
  refused,
  type ScriptedStore,
} from '../../../fixtures/scripted-store.ts';
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

async function approved(more: object = {}): Promise<ScriptedRun> {
  const run = await backups().start('pointInTimeRecovery', store, {
    ...{ environment: store.name, database: store.name, backup: store.name },
    ...{ agent: store.name, cluster: 'main', component: 'db', repositories: ['main'] },
    check: { database: 'shop', query: 'SELECT count(*) FROM lost', expect: '0' },
    ...{ then: 'swap', stopWrites: 'readOnly', table: 'public.orders', approvers: ['ana'] },
    ...more,
  });
  await run.until(({ phase }) => phase === 'awaiting-approval');
  await run.send('approve');
  return run;
}

describe('a recovery to a point in time that has taken the place of its database', () => {
  it('says that writes are not held any more where what has taken the place takes them', async () => {
    store.log.isHeld = true;
    const report = await (await approved()).report();
    expect(report.outcome).toBe('Recovered');
    expect(report.notes.join('\n')).toContain('db takes writes, which were held before this run');
  });

  it('says that roles have their former passwords again', async () => {
    const report = await (await approved()).report();
    expect(report.outcome).toBe('Recovered');
    expect(report.notes.join('\n')).toMatch(
      /roles of db have the passwords that they had at \d{4}-/,
    );
  });

  it("sets today's passwords of roles where a command is named for that", async () => {
    const report = await (await approved({ credentials: { command: 'set-passwords' } })).report();
    expect(report.outcome).toBe('Recovered');
    expect(store.acts).toContain('runCommand set-passwords');
    expect(report.notes.join('\n')).not.toContain('have the passwords');
  });

  it('is Incomplete where they could not be set, and everything else is completed', async () => {
    store.script('runCommand', '*', refused('no such command'));
    const report = await (await approved({ credentials: { command: 'set-passwords' } })).report();
    expect(report).toMatchObject({
      ...{ outcome: 'Incomplete', undo: [] },
      reason: expect.stringContaining(
        "Not done: set today's passwords of db: no such command",
      ) as string,
    });
    expect(store.acts.at(-1)).toBe('keepReplaced db -');
  });

  it('is not aborted any more once what is good has taken the place', async () => {
    store.script('keepReplaced', 'db', finishing);
    const run = await approved();
    await run.until(() => store.acts.includes('keepReplaced db -'));
    expect(await run.status()).toMatchObject({ phase: 'completing', undo: [] });
    await expect(run.send('abort')).rejects.toThrow();
    await run.handle.cancel();
    await run.until(({ people }) => people.some(({ verb }) => verb === 'cancel'));
    store.release();
    const report = await run.report();
    expect(report, report.reason).toMatchObject({ outcome: 'Recovered', undo: [] });
    expect(report.notes.join('\n')).toContain('rejoin each');
    expect(report.notes.join('\n')).toContain('was in place: the rest was completed');
    expect(store.places.get('db')).toMatchObject({ isReplaced: true });
  });
});
