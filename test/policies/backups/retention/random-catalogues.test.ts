import { describe, expect, it } from 'vitest';
import { judgeSets, type JudgedRepository } from '../../../../src/policies/backups/judge-sets.ts';
import { recoveryWindows } from '../../../../src/policies/backups/recovery-windows.ts';
import {
  planRetention,
  type RetentionPlan,
} from '../../../../src/policies/backups/retention/plan-retention.ts';
import { at, contentsOf, dayMs, entryOf, proven, setAt } from '../backup-sets.ts';
import { randomCatalogue, type RandomCatalogue } from './random-catalogue.ts';

const nowMs = at('2026-11-29T12:00Z');

function planOf({ contents, entries, rules }: RandomCatalogue): RetentionPlan {
  return planRetention({
    component: {
      ...{ name: 'database', agent: 'db-1', repositories: contents.map((one) => one.repository) },
      source: { kind: 'postgres', cluster: 'main' },
    },
    retention: { ...rules, repositories: {}, safetyCopiesMs: 0 },
    ...{ repository: 'main', contents, entries, nowMs },
  });
}

/** What is wrong with a plan; empty where it is sound. */
function faultsOf(catalogue: RandomCatalogue, plan: RetentionPlan): string[] {
  const { contents, entries, rules } = catalogue;
  const [own, ...others] = contents;
  if (own === undefined) return [];
  const before = judgeSets({ contents: own, entries, others, nowMs });
  const gone = new Set(
    plan.decisions.flatMap(({ action, judged }) => (action === 'expire' ? [judged.set.label] : [])),
  );
  const left = { ...own, sets: own.sets.filter(({ label }) => !gone.has(label)) };
  const after = judgeSets({ contents: left, entries, others, nowMs });
  const labels = new Set(left.sets.map(({ label }) => label));
  const broken = left.sets.filter((set) =>
    set.needs.some((label) => !labels.has(label) && gone.has(label)),
  );
  return [
    ...broken.map(({ label }) => `${label} has lost what it builds on`),
    ...lost(before, after, 'the newest that can be restored', () => true),
    ...lost(before, after, 'the newest proven', (one) => one.entry?.proven !== undefined),
    ...(rules.pointInTimeMs === undefined
      ? []
      : lostMoments(before, after, nowMs - rules.pointInTimeMs)),
    ...plan.decisions.flatMap(({ judged, action, reasons }) => [
      ...(reasons.length === 0 || reasons.some(({ text }) => text === '')
        ? [`${judged.set.label} has no reason`]
        : []),
      ...(action === 'expire' && ['foreign', 'future'].includes(judged.standing)
        ? [`${judged.set.label} is none of ours`]
        : []),
    ]),
  ];
}

type Sets = JudgedRepository['sets'];

function lost(
  before: JudgedRepository,
  after: JudgedRepository,
  what: string,
  matches: (judged: Sets[number]) => boolean,
): string[] {
  const newest = ({ sets }: JudgedRepository) =>
    sets.findLast((one) => one.standing === 'restorable' && matches(one))?.set.label;
  return newest(before) === newest(after) ? [] : [`${what} is lost: ${newest(before)}`];
}

function lostMoments(before: JudgedRepository, after: JudgedRepository, sinceMs: number): string[] {
  const windowsOf = (one: JudgedRepository) =>
    recoveryWindows(one)
      .windows.map(({ fromMs, untilMs }) => [Math.max(fromMs, sinceMs), untilMs] as const)
      .filter(([fromMs, untilMs]) => untilMs > fromMs);
  const [had, has] = [windowsOf(before), windowsOf(after)];
  return JSON.stringify(had) === JSON.stringify(has)
    ? []
    : [`moments are lost: ${JSON.stringify(had)} became ${JSON.stringify(has)}`];
}

describe('any catalogue', () => {
  it(
    'keeps chains whole, the newest sets, and every moment that is promised: 10,000 of them',
    { timeout: 240_000 },
    () => {
      let expired = 0;
      for (let seed = 1; seed <= 10_000; seed++) {
        const catalogue = randomCatalogue(seed, nowMs);
        const plan = planOf(catalogue);
        const faults = faultsOf(catalogue, plan);
        if (faults.length > 0) expect(faults, `seed ${seed}`).toEqual([]);
        expired += plan.decisions.filter(({ action }) => action === 'expire').length;
      }
      expect(expired).toBeGreaterThan(20_000);
    },
  );

  it('decides the same again, and expires nothing more right after', () => {
    for (let seed = 1; seed <= 500; seed++) {
      const catalogue = randomCatalogue(seed, nowMs);
      const plan = planOf(catalogue);
      expect(planOf(catalogue)).toEqual(plan);
      const gone = new Set(
        plan.decisions.flatMap(({ action, judged }) =>
          action === 'expire' ? [judged.set.label] : [],
        ),
      );
      const [own, ...others] = catalogue.contents;
      const left = { ...own!, sets: own!.sets.filter(({ label }) => !gone.has(label)) };
      const again = planOf({ ...catalogue, contents: [left, ...others] });
      expect(
        again.decisions.filter(({ action }) => action === 'expire'),
        `seed ${seed}`,
      ).toEqual([]);
    }
  });

  it('decides about 10,000 sets in less than 100 ms', () => {
    const sets = Array.from({ length: 10_000 }, (_, index) =>
      setAt(nowMs - (10_000 - index) * (dayMs / 4), {
        ...{ label: `set-${index}`, type: index % 28 === 0 ? 'full' : 'incremental' },
        needs: index % 28 === 0 ? [] : [`set-${index - (index % 28)}`],
      }),
    );
    const catalogue: RandomCatalogue = {
      contents: [contentsOf(sets)],
      entries: sets.map((set, index) => entryOf(set, index % 100 === 0 ? { proven } : {})),
      rules: {
        ...{ ageMs: 30 * dayMs, count: 2, daily: 60, weekly: 52, monthly: 24, yearly: 10 },
        zone: 'Europe/Berlin',
      },
    };
    planOf(catalogue);
    const took = Array.from({ length: 20 }, () => {
      const before = process.cpuUsage();
      planOf(catalogue);
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000;
    });
    expect(Math.min(...took)).toBeLessThan(100);
  });
});
