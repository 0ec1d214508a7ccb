import * as z from 'zod';
import { readMoment } from '../../policies/kernel/change-control/read-moment.ts';
import type { Component } from '../../contracts/backups/source.ts';
import type { RestoreTarget } from '../../contracts/backups/store.ts';
import { isMapping, judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { refusal, showGiven } from '../kernel/given.ts';
import { offerKnown } from '../kernel/known-keys.ts';
import { flag, mapping, text } from '../kernel/written.ts';
import { kindKey } from './kind.ts';
import { agentName } from '../kernel/agent-name.ts';
import { namespace } from './names.ts';
import { planSchema, type BackupPlan } from './plan.ts';
import { judgeSelection, selectionKeys, type Selection } from './selection.ts';

/** Which set, and up to where: `latest` is all that there is, `set` the end of the set. */
export interface WantedTarget {
  to: Exclude<RestoreTarget, { kind: 'lsn' }>;
  /** A label of the repository; absent: the one that the target needs. */
  set?: string;
}

/** Restore a component, or everything, beside the source and, where that is asked for, in its place. */
export interface RestoreSpec extends Selection, WantedTarget {
  kind: 'restore';
  plan: BackupPlan;
  /** That restores; absent: the component's own. */
  agent?: string;
  inPlace: boolean;
  /** Keep what is there before a restore in place: its undo puts that back. */
  safetyCopy: boolean;
  /** Stop a database that runs, by the service of the agent's settings, once that was approved. */
  stop: boolean;
  /** Objects and volumes of Kubernetes into other namespaces, each by the name of its own; empty: beside. */
  intoNamespaces: Readonly<Record<string, string>>;
  /** Say what would be restored, and restore nothing. */
  dryRun: boolean;
}

const acceptedTargets =
  'write latest, set (the end of the set), or a time with its offset, such as 2026-12-24T17:00Z';

const target = z
  .string({ error: refusal(acceptedTargets) })
  .transform((written, context): WantedTarget['to'] => {
    if (written === 'latest' || written === 'set') return { kind: written };
    const moment = readMoment(written);
    if ('ms' in moment) return { kind: 'time', atMs: moment.ms };
    context.addIssue(
      moment.problem.includes('offset')
        ? moment.problem
        : refusal(acceptedTargets)({ input: written }),
    );
    return z.NEVER;
  });

export const targetKeys = {
  to: target
    .prefault('latest')
    .describe(
      'Up to where: latest, set (the end of the set), or a time with its offset. Default: latest.',
    ),
  set: text('write the label of a set').exactOptional().describe('Default: what the target needs.'),
};

export const restoreSchema = mapping(
  {
    kind: kindKey('restore'),
    plan: planSchema.describe('The whole spec of the backup.'),
    ...selectionKeys,
    ...targetKeys,
    agent: agentName
      .exactOptional()
      .describe('The agent that restores, on its own host. Default: that of the component.'),
    inPlace: flag()
      .prefault(false)
      .describe('Over the source, after a restore beside it, an approval and a safety copy.'),
    safetyCopy: flag()
      .prefault(true)
      .describe(
        'Keep what is there before a restore in place: as a set or, of a database, as a folder. Without it, nothing can be put back. Default: true.',
      ),
    stop: flag()
      .prefault(false)
      .describe(
        'Stop a database that runs, for a restore in place, once it was approved. Default: false.',
      ),
    intoNamespaces: z
      .record(z.string(), namespace, {
        error: refusal('write a mapping of namespaces to others: shop: shop-restored'),
      })
      .prefault({})
      .describe(
        'Objects and volumes of Kubernetes into other namespaces, after an approval: what is restored there runs.',
      ),
    dryRun: flag().prefault(false).describe('Say what would be restored. Default: false.'),
  },
  { toTime: 'write to: a time with its offset', time: 'write to', target: 'write to' },
)
  .check(
    judgedBy(judgeSelection),
    judgedBy(judgePlace),
    judgedBy(judgeVolumes),
    judgedBy(judgeNamespaces),
  )
  .transform((spec): RestoreSpec => spec);

function judgePlace({ inPlace, stop, agent, component, set }: Unfinished): Finding[] {
  return [
    ...(inPlace === true && agent !== undefined
      ? [
          {
            path: ['agent'],
            message: 'a restore in place is done by the agent of the source; leave it out',
          },
        ]
      : []),
    ...(stop === true && inPlace !== true
      ? [
          {
            path: ['stop'],
            message: 'nothing is stopped but for a restore in place; write inPlace: true',
          },
        ]
      : []),
    ...(set !== undefined && component === undefined
      ? [{ path: ['component'], message: 'missing; a set is of one component' }]
      : []),
  ];
}

function judgeVolumes({ plan, component, inPlace }: Unfinished): Finding[] {
  const components = isMapping(plan) ? plan['components'] : undefined;
  if (inPlace !== true || !Array.isArray(components)) return [];
  return (components as readonly Component[])
    .filter(({ name, source }) => source.kind === 'volumes' && (component ?? name) === name)
    .map(({ name }) => ({
      path: ['inPlace'],
      message: `Velero changes no volume that is there, so ${name} is restored into other namespaces: write intoNamespaces`,
    }));
}

function judgeNamespaces({ plan, component, inPlace, intoNamespaces }: Unfinished): Finding[] {
  const map = isMapping(intoNamespaces) ? Object.entries(intoNamespaces) : [];
  const components = isMapping(plan) ? plan['components'] : undefined;
  if (map.length === 0 || !Array.isArray(components)) return [];
  const all = components as readonly Component[];
  const selected = all.filter(({ name }) => component === undefined || name === component);
  const others = selected.filter(({ source }) => !('namespaces' in source));
  const own = [
    ...new Set(selected.flatMap(({ source }) => ('namespaces' in source ? source.namespaces : []))),
  ];
  const findings = map.flatMap(([from, to]): Finding[] => [
    ...(own.includes(from) ? [] : [at(from, `no component has it; ${offerKnown(from, own)}`)]),
    ...(own.includes(String(to))
      ? [
          at(
            from,
            `${showGiven(to)} is backed up itself; for a restore over it, write inPlace: true`,
          ),
        ]
      : []),
    ...(map.some(([other, target]) => target === to && other < from)
      ? [at(from, `${showGiven(to)} is the target of another namespace, too`)]
      : []),
  ]);
  const missing = own.filter((namespace) => !map.some(([from]) => from === namespace));
  return [
    ...findings,
    ...missing.map((namespace) => at(namespace, 'missing; write where it is restored')),
    ...(inPlace === true
      ? [{ path: ['intoNamespaces'], message: 'is not in place; leave out one of the two' }]
      : []),
    ...others.map(({ name }) => ({
      path: ['component'],
      message: `${name} has no namespaces; name the component that is restored`,
    })),
  ];
}

function at(namespace: string, message: string): Finding {
  return { path: ['intoNamespaces', namespace], message };
}
