import type { BudgetAnswer } from '../../contracts/kernel/budget-gate.ts';
import type { PermitRequest } from '../../contracts/kernel/change-control.ts';
import type { MonitorState } from '../../contracts/objectives/objective-store.ts';
import type { Standing } from '../../contracts/objectives/standing.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { isSilent, isStale } from './stale-state.ts';

type Asking = Pick<PermitRequest, 'family' | 'kind' | 'scopes' | 'override'>;

/** A rollback brings an earlier release back, and recovery is what an empty budget asks for. */
export function isGated({ family, kind }: Pick<Asking, 'family' | 'kind'>): boolean {
  return family === 'chaos' || (family === 'rollouts' && kind !== 'rollback');
}

/**
 * What the error budgets of an environment say about a run. Only an empty budget that was measured
 * stops one. Its notes say which was not asked, and why; where there is no monitor, there are none.
 */
export function judgeGate(
  state: MonitorState | undefined,
  asking: Asking,
  nowMs: number,
): BudgetAnswer {
  const gated = state?.standings.filter((each) => each.gatesBudget && isAbout(asking, each)) ?? [];
  if (state === undefined || gated.length === 0) return { notes: [] };
  if (isStale(state, nowMs)) {
    const age = formatDuration(nowMs - state.atMs);
    const note = `Error budgets were not asked: the objectives of ${state.environment} were last measured ${age} ago`;
    return { notes: [note] };
  }
  const notes = gated.flatMap((each) => {
    const why = whyUnknown(each, nowMs);
    return why === undefined ? [] : [`The error budget of ${each.objective} was not asked: ${why}`];
  });
  const empty = gated.filter(
    (each) => each.budget?.isEmpty && whyUnknown(each, nowMs) === undefined,
  );
  if (empty.length === 0) return { notes };
  const { override } = asking;
  const named = empty.map(describeEmpty).join('; ');
  if (override !== undefined) {
    const text = `Went ahead although ${named}: ${override.by} overrides it, because "${override.why}"`;
    return { notes: [...notes, text] };
  }
  return { refusal: describeRefusal(named, asking), notes };
}

/** Why a budget is not known well enough to stop anything. */
function whyUnknown(standing: Standing, nowMs: number): string | undefined {
  const { verdict, coverage, silence = '', budget } = standing;
  if (isSilent(standing, nowMs)) return `there is no data of the last minutes (${silence})`;
  if (verdict !== 'insufficient') return undefined;
  if (budget !== undefined && budget.remaining <= 0 && coverage >= 0.995) {
    return `its period has had too few ${standing.counts ?? 'requests'} so far`;
  }
  return `${Math.round(coverage * 100)}% of its window was measured, which is insufficient`;
}

/** An experiment that names no service may hit any. */
function isAbout({ family, scopes }: Asking, { service }: Standing): boolean {
  const services = scopes.filter(({ of }) => of === 'service');
  if (scopes.some(({ of }) => of === 'environment')) return true;
  if (services.length === 0) return family === 'chaos';
  return services.some(({ name }) => name === service);
}

function describeEmpty({ objective, service, budget, counts = 'requests' }: Standing): string {
  const { spent = 0, allowed = 0 } = budget ?? {};
  return `the error budget of ${objective} (${service}) is empty: ${spent} bad ${counts}, and ${Math.floor(allowed)} are allowed`;
}

function describeRefusal(named: string, { family }: Asking): string {
  const command = family === 'rollouts' ? 'belay deploy --override-budget --why REASON, or ' : '';
  return (
    `${named.charAt(0).toUpperCase()}${named.slice(1)}. Nothing was started or changed. To go ahead all the same, ` +
    `give a name and a reason, which are recorded: ${command}override: {by, why} in the spec. ` +
    `It stops no rollback and no abort.`
  );
}
