import { setOf, type ScriptedStore } from '../../../fixtures/scripted-store.ts';

const hourMs = 3_600_000;

export const at = (segment: number, lsn: string) => ({
  ...{ timeline: 1, lsn },
  segment: `0000000100000000000000${segment.toString(16).padStart(2, '0').toUpperCase()}`,
});

/** A database in two repositories with its log, and files in one. */
export function fillRepositories(store: ScriptedStore, nowMs: number): void {
  const startedAtMs = nowMs - 2 * hourMs;
  for (const repository of ['main', 'offsite']) {
    store.setsIn(repository).push(
      setOf('db-1', {
        ...{ repository, startedAtMs, stoppedAtMs: startedAtMs + 1_000, madeBy: 'run-0/1' },
        wal: { start: at(2, '0/2000028'), stop: at(2, '0/2000100') },
      }),
    );
    const range = { timeline: 1, first: at(1, '').segment, segments: 9, bytes: 9 };
    store.contents[repository] = {
      wal: [{ ...range, last: at(9, '').segment, firstAtMs: startedAtMs, lastAtMs: nowMs - 1_000 }],
    };
  }
  const times = { startedAtMs: nowMs - hourMs, stoppedAtMs: nowMs - hourMs };
  store.setsIn('files').push(setOf('up-1', { repository: 'files', ...times }));
  const database = { version: '15.18', role: 'primary', running: true } as const;
  store.source['db'] = { identity: '7', database: { ...database, at: at(9, '0/9000028') } };
}
