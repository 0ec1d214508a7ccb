import type { BackupKind } from '../../src/kinds/workflow-types.ts';
import { ScriptedBackups } from '../fixtures/scripted-backups.ts';
import type { ScriptedRun } from '../fixtures/scripted-run.ts';
import { setOf, type ScriptedStore } from '../fixtures/scripted-store.ts';
import { onStage, type Scenario, type Stage } from './scenario.ts';

export const hourMs = 3_600_000;
export const database = {
  ...({ version: '15.18', role: 'primary', running: true } as const),
  at: { timeline: 1, segment: '000000010000000000000003', lsn: '0/3000028' },
};
/** Sets of files, so many hours old. */
export function givenFiles(store: ScriptedStore, ...hours: number[]): void {
  for (const each of hours) {
    const atMs = Date.now() - each * hourMs;
    const times = { startedAtMs: atMs, stoppedAtMs: atMs, repository: 'files' };
    store.setsIn('files').push(setOf(`files-${each}`, times));
  }
}

/** A database with one set, and log until a second ago. */
export function givenDatabase(store: ScriptedStore): void {
  const atMs = Date.now() - 2 * hourMs;
  const times = { startedAtMs: atMs, stoppedAtMs: atMs + 1_000 };
  const at = { timeline: 1, segment: '000000010000000000000002', lsn: '0/2000028' };
  const wal = { start: at, stop: { ...at, lsn: '0/2000100' } };
  store.setsIn('main').push(setOf('db-1', { ...times, wal, madeBy: 'run-0/1' }));
  const range = { timeline: 1, first: '000000010000000000000001', segments: 9, bytes: 9 };
  const last = '000000010000000000000009';
  store.contents['main'] = {
    wal: [{ ...range, last, firstAtMs: atMs, lastAtMs: Date.now() - 1_000 }],
  };
  store.source['db'] = { database };
}

/** Returns a run that has begun, or the workflow ID of one that was refused. */
type Play = (store: ScriptedStore, given: Given) => Promise<ScriptedRun | string>;

interface Given {
  /** Starts a kind that carries the plan in its spec. */
  start(kind: BackupKind, spec?: object, plan?: object): Promise<ScriptedRun>;
  /** Starts a kind that carries no plan. */
  startAlone(kind: BackupKind, spec: object): Promise<ScriptedRun>;
  /** Starts a backup. */
  backUp(plan?: object): Promise<ScriptedRun>;
}

/** By a person, once it asks. */
export async function approved(run: ScriptedRun): Promise<ScriptedRun> {
  await run.until(({ phase }) => phase === 'awaiting-approval');
  await run.send('approve');
  return run;
}

const backupStage: Stage<ScriptedBackups, Play> = {
  open: (env) => ScriptedBackups.on(env),
  play: async (backups, play, name) => {
    const store = await backups.store(name);
    const run = await play(store, {
      start: (kind, spec = {}, plan = {}) =>
        backups.start(kind, store, { kind, plan: backups.plan(store, plan), ...spec }),
      startAlone: (kind, spec) => backups.start(kind, store, { kind, ...spec }),
      backUp: (plan = {}) => backups.start('backup', store, backups.plan(store, plan)),
    });
    if (typeof run === 'string') return run;
    await run.report();
    return run.handle.workflowId;
  },
  left: (backups, name) => backups.named(name).left(),
  close: (backups) => backups.stopWorkers(),
};

/** Each with hosts of its own. */
export function onBackupStage(plays: Record<string, Play>): Record<string, Scenario> {
  return onStage(backupStage, plays);
}
