import type { Violation, ViolationKind } from '../../contracts/objectives/violation.ts';

/** What one look says about one kind of violation. */
export interface Found {
  kind: ViolationKind;
  /** `unknown` opens nothing and closes nothing. */
  state: 'violated' | 'fine' | 'unknown';
  reason: string;
}

export interface ViolationPlan {
  opened: Violation[];
  /** With their `closedAtMs`. */
  closed: Violation[];
}

/** Opens what is not open yet, and closes what is over. */
export function planViolations(
  { name, service }: { name: string; service: string },
  open: readonly Violation[],
  { found, atMs }: { found: readonly Found[]; atMs: number },
): ViolationPlan {
  const openOf = (kind: ViolationKind) =>
    open.find((each) => each.objective === name && each.kind === kind);
  return {
    opened: found
      .filter(({ kind, state }) => state === 'violated' && openOf(kind) === undefined)
      .map(({ kind, reason }) => ({ objective: name, service, kind, openedAtMs: atMs, reason })),
    closed: found
      .filter(({ state }) => state === 'fine')
      .flatMap(({ kind }) => openOf(kind) ?? [])
      .map((violation) => ({ ...violation, closedAtMs: atMs })),
  };
}
