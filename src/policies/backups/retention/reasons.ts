import { utcDate } from '../../../render/kernel/moment.ts';
import type { JudgedRepository, JudgedSet } from '../judge-sets.ts';

/** Why a set is kept, expires or is left alone, as a person reads it. */
export interface Reason {
  text: string;
  /** Until when it holds, at least; absent: until something happens that has no date. */
  untilMs?: number;
}

/** Why sets are kept, as it is collected. */
export class Reasons {
  readonly #repository: JudgedRepository;
  readonly #reasons = new Map<JudgedSet, Reason[]>();

  constructor(repository: JudgedRepository) {
    this.#repository = repository;
  }

  keep(judged: JudgedSet, reason: Reason): void {
    const reasons = this.#reasons.get(judged);
    if (reasons) reasons.push(reason);
    else this.#reasons.set(judged, [reason]);
  }

  keepAll(reasons: Iterable<readonly [JudgedSet, Reason]>): void {
    for (const [judged, reason] of reasons) this.keep(judged, reason);
  }

  of(judged: JudgedSet): readonly Reason[] {
    return this.#reasons.get(judged) ?? [];
  }

  /** What any set that stays builds on stays, too: call it last. Sets that are left alone stay. */
  keepBases(): void {
    const { sets } = this.#repository;
    const byLabel = new Map(sets.map((judged) => [judged.set.label, judged]));
    const staying = sets.filter((judged) => isLeft(judged) || this.#reasons.has(judged));
    const builtOn = new Map<JudgedSet, JudgedSet[]>();
    const seen = new Set(staying);
    for (const judged of staying) {
      for (const label of judged.set.needs) {
        const base = byLabel.get(label);
        if (base === undefined) continue;
        const onIt = builtOn.get(base);
        if (onIt) onIt.push(judged);
        else builtOn.set(base, [judged]);
        if (!seen.has(base)) {
          seen.add(base);
          staying.push(base);
        }
      }
    }
    for (const [base, onIt] of builtOn) {
      if (!isLeft(base)) this.keep(base, { text: describeBase(onIt) });
    }
    this.#dateBases(builtOn);
  }

  /** A base goes when all go that are built on it. */
  #dateBases(builtOn: ReadonlyMap<JudgedSet, readonly JudgedSet[]>): void {
    for (const judged of this.#repository.sets.toReversed()) {
      const onIt = builtOn.get(judged);
      const base = onIt && this.of(judged).at(-1);
      const untilMs = onIt && latest(onIt.map((one) => this.goesAtMs(one)));
      if (base && untilMs !== undefined) base.untilMs = untilMs;
    }
  }

  /** When the last reason ends; undefined where one of them has no end. */
  goesAtMs(judged: JudgedSet): number | undefined {
    return isLeft(judged) ? undefined : latest(this.of(judged).map(({ untilMs }) => untilMs));
  }
}

/** Nobody of ours made it, or its date cannot be. */
export function isLeft({ standing }: JudgedSet): boolean {
  return standing === 'foreign' || standing === 'future';
}

function latest(all: readonly (number | undefined)[]): number | undefined {
  const dated = all.filter((one) => one !== undefined);
  return dated.length === all.length && all.length > 0 ? Math.max(...dated) : undefined;
}

function describeBase(onIt: readonly JudgedSet[]): string {
  const [{ set }] = onIt.toSorted((one, other) => one.set.startedAtMs - other.set.startedAtMs) as [
    JudgedSet,
  ];
  const more = onIt.length - 1;
  const rest = more === 0 ? '' : `, and of ${more} more`;
  return `is the base of the ${set.type} of ${utcDate(set.startedAtMs)}${rest}`;
}
