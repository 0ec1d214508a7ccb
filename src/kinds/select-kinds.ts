import type { AnyKind } from './kind.ts';

export interface KindFilter {
  kind?: string;
  family?: string;
}

export function selectKinds(kinds: readonly AnyKind[], { kind, family }: KindFilter): AnyKind[] {
  return kinds.filter(
    (each) =>
      (kind === undefined || each.kind === kind) &&
      (family === undefined || each.family === family),
  );
}

export function familiesOf(kinds: readonly AnyKind[]): string[] {
  return [...new Set(kinds.map(({ family }) => family))];
}

export function locksOf(kinds: readonly AnyKind[]): string[] {
  return [...new Set(kinds.map(({ lock }) => lock))];
}
