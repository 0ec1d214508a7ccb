import type { RunReport } from '../../contracts/kernel/report.ts';
import { isMapping } from '../../specs/kernel/finding.ts';
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

/** As written: an incident without any is about the service of its name, and a way back has those of its plan. */
function servicesOf(spec: unknown): unknown[] {
  if (!isMapping(spec)) return [];
  const { services, incident, plan } = spec;
  if (Array.isArray(services)) {
    return services.map((each: unknown) => (isMapping(each) ? nameOf(each) : each));
  }
  if (plan !== undefined) return servicesOf(plan);
  return [services ?? incident];
}

/** A workload that moves from one region to another: `deployment/web` is the service web. */
function nameOf({ workload }: { workload?: unknown }): unknown {
  return typeof workload === 'string' ? workload.split('/').at(-1) : undefined;
}
