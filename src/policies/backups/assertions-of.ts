import type { Assertion, RestoreTarget } from '../../contracts/backups/store.ts';
import type { Source } from '../../contracts/backups/source.ts';
import type { DatabaseAssertions } from '../../specs/backups/assertions.ts';

/** Marks that a copy has to have, and that it must not have. */
export interface Marks {
  present: readonly string[];
  absent: readonly string[];
}

/** What a copy is asked, by calls: queries and its structure while its server runs, and pages once it is stopped. */
export interface PlannedAssertions {
  running: readonly (readonly Assertion[])[];
  stopped: readonly (readonly Assertion[])[];
}

export function assertionsOf(
  source: Source,
  asked: DatabaseAssertions,
  { marks, target, nowMs }: { marks: Marks; target: RestoreTarget; nowMs: number },
): PlannedAssertions {
  if (source.kind !== 'postgres') return { running: [], stopped: [[{ kind: 'files' }]] };
  const { heartbeat, sql, roles, structure, checksums, sequences } = asked;
  const atMs = target.kind === 'time' ? target.atMs : nowMs;
  const queries: Assertion[] = [
    ...marks.present.map((nonce): Assertion => ({ kind: 'mark', nonce, expect: 'present' })),
    ...marks.absent.map((nonce): Assertion => ({ kind: 'mark', nonce, expect: 'absent' })),
    ...(heartbeat === undefined ? [] : [{ kind: 'heartbeat' as const, ...heartbeat, atMs }]),
    ...sql.map((each): Assertion => ({ kind: 'sql', ...each })),
    ...(roles.length === 0 ? [] : [{ kind: 'roles' as const, roles }]),
    ...(sequences ? [{ kind: 'sequences' as const }] : []),
  ];
  const running = [...queries, ...(structure ? [{ kind: 'structure' as const }] : [])];
  return {
    running: running.length === 0 ? [] : [running],
    stopped: checksums ? [[{ kind: 'checksums' }]] : [],
  };
}
