import * as z from 'zod';
import { readMoment } from '../../policies/kernel/change-control/read-moment.ts';
import type { Component } from '../../contracts/backups/source.ts';
import type { RestoreTarget } from '../../contracts/backups/store.ts';
import { isMapping, judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import { flag, mapping, text } from '../kernel/written.ts';
import { kindKey } from './kind.ts';
import { agentName } from '../kernel/agent-name.ts';
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
  /** Keep what is there as a set before a restore in place: its undo puts that back. */
  safetyCopy: boolean;
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
        'Keep what is there as a set before a restore in place. Without it, nothing can be put back. Default: true.',
      ),
    dryRun: flag().prefault(false).describe('Say what would be restored. Default: false.'),
  },
  { toTime: 'write to: a time with its offset', time: 'write to', target: 'write to' },
)
  .check(judgedBy(judgeSelection), judgedBy(judgePlace))
  .transform((spec): RestoreSpec => spec);

function judgePlace({ plan, inPlace, safetyCopy, agent, component, set }: Unfinished): Finding[] {
  const chosen = inPlace === true && safetyCopy === true ? databasesOf(plan, component) : [];
  return [
    ...chosen.map((name) => ({
      path: ['safetyCopy'],
      message:
        `${name} is a database, which is stopped for a restore in place, and pgBackRest makes no set of ` +
        'one that is stopped; write false, and keep a copy of its data folder where you need one',
    })),
    ...(inPlace === true && agent !== undefined
      ? [
          {
            path: ['agent'],
            message: 'a restore in place is done by the agent of the source; leave it out',
          },
        ]
      : []),
    ...(set !== undefined && component === undefined
      ? [{ path: ['component'], message: 'missing; a set is of one component' }]
      : []),
  ];
}

function databasesOf(plan: unknown, chosen: unknown): string[] {
  const components = isMapping(plan) ? plan['components'] : undefined;
  if (!Array.isArray(components)) return [];
  return components
    .filter((each: Component) => each.source.kind === 'postgres')
    .map((each: Component) => each.name)
    .filter((name) => chosen === undefined || name === chosen);
}
