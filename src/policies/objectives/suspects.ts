import type { RunReport } from '../../contracts/kernel/report.ts';
import type { Suspect } from './attribute-spending.ts';

const causes: Readonly<Record<string, Suspect['cause']>> = {
  rollouts: 'rollout',
  chaos: 'chaos',
  recovery: 'incident',
};

/** Ended runs that may have spent the budget of a service: its rollouts, experiments on it, its incidents. */
export function suspectsOf(service: string, reports: readonly RunReport[]): Suspect[] {
  return reports.flatMap(({ family, subject, spec, runRef, startedAtMs, endedAtMs }) => {
    const cause = causes[family];
    if (cause === undefined) return [];
    const services = cause === 'rollout' ? [subject.name] : servicesOf(spec);
    if (!services.includes(service)) return [];
    return [{ cause, runRef, fromMs: startedAtMs, untilMs: endedAtMs }];
  });
}

function servicesOf(spec: unknown): readonly unknown[] {
  const { services } = (spec ?? {}) as { services?: unknown };
  return Array.isArray(services) ? services : [services];
}
