import type { PermitRequest } from '../../../contracts/kernel/change-control.ts';

/** What the safety lever stops: whatever makes things worse before it makes them better. */
const stoppedByLever: readonly string[] = ['chaos', 'trains', 'migrations'];

export function isStoppedByLever({ family }: Pick<PermitRequest, 'family'>): boolean {
  return stoppedByLever.includes(family);
}

/** They bring back what was there before, or keep a copy of it. */
const allowedInFreeze: readonly { family: string; kind?: string }[] = [
  { family: 'rollouts', kind: 'rollback' },
  { family: 'recovery' },
  { family: 'backups' },
];

/** No freeze refuses these; what is not listed, is refused. */
export function isAllowedInFreeze({
  family,
  kind,
}: Pick<PermitRequest, 'family' | 'kind'>): boolean {
  return allowedInFreeze.some(
    (one) => one.family === family && (one.kind === undefined || one.kind === kind),
  );
}

/**
 * A run that brings an earlier release back, for a person or an alert, is an undo: it is recorded,
 * and nothing that change control knows keeps it from going ahead.
 */
export function isRefusable({ family, kind }: Pick<PermitRequest, 'family' | 'kind'>): boolean {
  return family !== 'rollouts' || kind !== 'rollback';
}
