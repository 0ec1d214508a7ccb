import type { RestoreTarget } from '../../contracts/backups/store.ts';
import type { DrillChoice } from '../../specs/backups/drill-choice.ts';
import type { JudgedRepository } from './judge-sets.ts';
import { recoveryWindows } from './recovery-windows.ts';
import type { Part } from './select-parts.ts';

/** From 0 up to, and without, 1. */
export type Random = () => number;

/** Which component a drill restores, and its repositories, the one that is to be used first. */
export function chooseDrillPart(
  parts: readonly Part[],
  { component, secondRepositoryEvery }: Pick<DrillChoice, 'component' | 'secondRepositoryEvery'>,
  random: Random,
): Part | undefined {
  const named = parts.filter((part) => part.component.name === component);
  const part = pick(named.length > 0 ? named : parts, random);
  if (part === undefined) return undefined;
  const [first, ...others] = part.repositories;
  const takesOther = secondRepositoryEvery > 0 && random() * secondRepositoryEvery < 1;
  const other = takesOther ? pick(others, random) : undefined;
  if (first === undefined || other === undefined) return part;
  const rest = part.repositories.filter((name) => name !== other);
  return { ...part, repositories: [other, ...rest] };
}

/**
 * What a drill restores to: half of them go to the state of now, which shows what a disaster would
 * lose, the others to any moment that is promised. Where the source has no log, to any set.
 */
export function chooseDrillTarget(
  judged: JudgedRepository,
  random: Random,
  /** When the drill committed its first mark; what it wrote itself is no moment to go back to. */
  markedAtMs = Infinity,
): { target: RestoreTarget | 'now'; label?: string } {
  // A moment can be reached only if something was committed after it: that is known of the mark, and a
  // backup commits one before its sets.
  const startsMs = judged.sets.map(({ set }) => set.startedAtMs);
  const knownUntil = (archivedMs: number) =>
    markedAtMs <= archivedMs
      ? markedAtMs
      : Math.max(-Infinity, ...startsMs.filter((atMs) => atMs <= archivedMs));
  const windows = recoveryWindows(judged)
    .windows.map(({ fromMs, untilMs }) => ({ fromMs, untilMs: knownUntil(untilMs) }))
    .filter(({ fromMs, untilMs }) => fromMs <= untilMs);
  if (judged.wal !== undefined) {
    const window = pick(windows, random);
    if (window === undefined || random() < 0.5) return { target: 'now' };
    const atMs = window.fromMs + Math.floor(random() * (window.untilMs - window.fromMs));
    return { target: { kind: 'time', atMs: wholeSecond(atMs, window.fromMs) } };
  }
  const sets = judged.sets.filter(({ standing }) => standing === 'restorable');
  const chosen = random() < 0.5 ? sets.at(-1) : pick(sets, random);
  return { target: { kind: 'set' }, ...(chosen !== undefined && { label: chosen.set.label }) };
}

function wholeSecond(atMs: number, leastMs: number): number {
  return Math.max(leastMs, Math.floor(atMs / 1_000) * 1_000);
}

function pick<T>(all: readonly T[], random: Random): T | undefined {
  return all[Math.floor(random() * all.length)];
}
