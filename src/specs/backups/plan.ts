import * as z from 'zod';
import type { SetType } from '../../contracts/backups/backup-set.ts';
import type { Component, PlanName } from '../../contracts/backups/source.ts';
import type { CheckExtent } from '../../contracts/backups/store.ts';
import { isMapping, judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import { offerKnown } from '../kernel/known-keys.ts';
import { formatDuration } from '../kernel/duration.ts';
import { choice, duration, idPart, mapping, text } from '../kernel/written.ts';
import { componentSchema, nameComponent } from './component.ts';
import { drillSchema, type DrillChoice } from './drill-choice.ts';
import { extentSchema } from './extent.ts';
import { freezeSchema, hookSchema, type FreezeHook, type HookCommand } from './hooks.ts';
import { kindKey } from './kind.ts';
import { agentName } from '../kernel/agent-name.ts';
import { componentNames } from './names.ts';
import { judgeRetentionNames } from './retention-names.ts';
import { retentionSchema, type RetentionSpec } from './retention.ts';
import { schedulesSchema, type PlanSchedules } from './schedules.ts';

/** `auto`: a full set where the last is older than `fullEveryMs`, an incremental one otherwise. */
export type WantedType = SetType | 'auto';

/** What is backed up, to where, and what is done with it: every run of the family carries it whole. */
export interface BackupPlan extends PlanName {
  kind: 'backup';
  components: Component[];
  type: WantedType;
  fullEveryMs: number;
  /** Absent: a backup does not verify what it made. */
  verify?: { extent: CheckExtent; maxAgeMs: number };
  retention?: RetentionSpec;
  /** By component: another repository of the same agent. */
  replicateTo: Readonly<Record<string, string>>;
  hooks: { before?: HookCommand; freeze?: FreezeHook; after?: HookCommand };
  objectives: { rpoMs?: number; rtoMs?: number };
  drill?: DrillChoice;
  restore: RestoreChoice;
  schedules: PlanSchedules;
}

export interface RestoreChoice {
  /** Who may approve a restore in place; empty: anyone with a name. */
  approvers: string[];
  /** Run after a restore in place: roles have the passwords of the time of the set. */
  credentials?: HookCommand;
  /** The agent removes what was restored beside after this. */
  keepForMs: number;
}

const dayMs = 86_400_000;

const inComponent = 'belongs to a component, such as components: { uploads: { ... } }';

/** Keys that people try, with the advice they get. */
export const mistakenPlanKeys = {
  name: 'write backup: the name of the plan',
  repositories: inComponent,
  postgres: inComponent,
  files: inComponent,
  databases: inComponent,
  verification: 'write verify',
  replicate: 'write replicateTo: { COMPONENT: REPOSITORY }',
};

export const planKeys = {
  kind: kindKey('backup'),
  environment: idPart('environment').describe('Where it belongs.'),
  backup: idPart('backup').describe('The name of the plan: every set carries it.'),
  agent: agentName.exactOptional().describe('The agent of components that name none.'),
  components: z
    .record(idPart('component'), componentSchema, {
      error: refusal('write a mapping of names to components'),
    })
    .refine((all) => Object.keys(all).length > 0, {
      error: 'has no component, so there is nothing to back up',
    })
    .refine((all) => Object.keys(all).length <= 50, {
      error: 'has too many components; at most 50',
    })
    .describe('What is backed up, each by its name.'),
  type: choice(['auto', 'full', 'differential', 'incremental'])
    .prefault('auto')
    .describe('auto: full where the last full set is older than fullEvery, else incremental.'),
  fullEvery: duration(3_600_000).prefault('7d').describe('With type auto. Default: 7d.'),
  verify: mapping({
    extent: extentSchema.prefault('all').describe('How much is read back: all, or a percentage.'),
    maxAge: duration(60_000)
      .prefault('1d')
      .describe('A verification that finds no newer set than this is not passed. Default: 1d.'),
  })
    .transform(({ extent, maxAge }) => ({ extent, maxAgeMs: maxAge }))
    .exactOptional()
    .describe('Read back what a backup made. Default: only by runs of backupVerification.'),
  retention: retentionSchema
    .unwrap()
    .exactOptional()
    .describe('Which sets are kept: those that any of the rules keeps. Default: all.'),
  replicateTo: z
    .record(z.string(), idPart('repository'), {
      error: refusal('write a mapping of components to repositories'),
    })
    .prefault({})
    .describe('Copy every set of a component to another repository of its agent.'),
  hooks: mapping(
    {
      before: hookSchema
        .exactOptional()
        .describe('Run before the sets; if it fails, none is made.'),
      freeze: freezeSchema.exactOptional().describe('A lease that is held while sets are made.'),
      after: hookSchema.exactOptional().describe('Run after the sets.'),
    },
    { thaw: 'the lease of freeze is reverted; write freeze alone' },
  )
    .prefault({})
    .describe('Commands of an agent around the sets.'),
  objectives: mapping({
    rpo: duration(1_000).exactOptional().describe('The most that may be lost, in time.'),
    rto: duration(1_000).exactOptional().describe('The longest that a restore may take.'),
  })
    .transform(({ rpo, rto }) => ({
      ...(rpo !== undefined && { rpoMs: rpo }),
      ...(rto !== undefined && { rtoMs: rto }),
    }))
    .prefault({})
    .describe('What drills are measured against.'),
  drill: drillSchema.exactOptional().describe('How restores are rehearsed.'),
  restore: mapping({
    approvers: z
      .array(text('write a name'), { error: refusal('write a list of names') })
      .prefault([])
      .describe('Who may approve a restore in place. Default: anyone with a name.'),
    credentials: hookSchema
      .exactOptional()
      .describe("Run after a restore in place, to set today's passwords of roles again."),
    keepFor: duration(60_000, 30 * dayMs)
      .prefault('1d')
      .describe('The host removes what was restored beside after this. Default: 1d.'),
  })
    .transform(({ keepFor, ...rest }) => ({ ...rest, keepForMs: keepFor }))
    .prefault({})
    .describe('How restores are done.'),
  schedules: schedulesSchema.prefault({}).describe('What `belay backup schedule` applies.'),
};

export const planSchema = mapping(planKeys, mistakenPlanKeys)
  .check(judgedBy(judgePlan))
  .transform(nameComponents);

export function judgePlan(given: Unfinished): Finding[] {
  return [
    ...judgeAgents(given),
    ...judgeReplication(given),
    ...judgeRetentionNames(given),
    ...judgeLifetimes(given),
    ...judgeDrill(given),
  ];
}

function judgeAgents({ agent, components }: Unfinished): Finding[] {
  if (agent !== undefined || !isMapping(components)) return [];
  return Object.entries(components)
    .filter(([, component]) => isMapping(component) && component['agent'] === undefined)
    .map(([name]) => ({
      path: ['components', name, 'agent'],
      message: 'missing; write the agent here, or one for all components under agent',
    }));
}

function judgeReplication({ replicateTo, components }: Unfinished): Finding[] {
  if (!isMapping(replicateTo) || !isMapping(components)) return [];
  return Object.entries(replicateTo).flatMap(([name, to]) => {
    const path = ['replicateTo', name];
    if (!Object.hasOwn(components, name)) return [{ path, message: noComponent(name, components) }];
    const component = components[name];
    if (isMapping(component) && component['volumes'] !== undefined) {
      const message = `Velero copies no sets: write "${String(to)}" under repositories of ${name}, and each gets a set of its own`;
      return [{ path, message }];
    }
    const repositories = isMapping(component) ? component['repositories'] : undefined;
    if (!Array.isArray(repositories) || !repositories.includes(to)) return [];
    const message = `"${String(to)}" is a repository of ${name} already: a backup stores it there by itself`;
    return [{ path, message }];
  });
}

/** Velero would remove what the plan still promises. */
function judgeLifetimes({ components, retention }: Unfinished): Finding[] {
  if (!isMapping(components) || !isMapping(retention)) return [];
  const kept = Object.entries(spans).map(([rule, ms]) => Number(retention[rule] ?? 0) * ms);
  const keptMs = Math.max(...kept.filter(Number.isFinite));
  return Object.entries(components).flatMap(([name, component]) => {
    const volumes = isMapping(component) ? component['volumes'] : undefined;
    const ttlMs = isMapping(volumes) ? volumes['ttl'] : undefined;
    if (typeof ttlMs !== 'number' || ttlMs >= keptMs) return [];
    const message = `Velero would remove sets that retention keeps for ${formatDuration(keptMs)}; leave ttl out, and retention expires them`;
    return [{ path: ['components', name, 'volumes', 'ttl'], message }];
  });
}

/** The longest that a rule of retention keeps one set, for each of what it counts. */
const spans = {
  ageMs: 1,
  daily: dayMs,
  weekly: 7 * dayMs,
  monthly: 31 * dayMs,
  yearly: 366 * dayMs,
};

function judgeDrill({ drill, components }: Unfinished): Finding[] {
  const component = isMapping(drill) ? drill['component'] : undefined;
  return judgeNamed(component, components, ['drill', 'component']);
}

/** Whether a component that is named is one of the plan. */
export function judgeNamed(name: unknown, components: unknown, path: string[]): Finding[] {
  if (typeof name !== 'string' || componentNames(components).length === 0) return [];
  if (componentNames(components).includes(name)) return [];
  return [{ path, message: noComponent(name, components) }];
}

function noComponent(name: string, components: unknown): string {
  return `the plan has no component "${name}"; ${offerKnown(name, componentNames(components))}`;
}

export function nameComponents({
  agent,
  components,
  fullEvery,
  ...plan
}: z.output<z.ZodObject<typeof planKeys>>): BackupPlan {
  return {
    ...plan,
    fullEveryMs: fullEvery,
    components: Object.entries(components).map(([name, component]) =>
      nameComponent(name, component, agent),
    ),
    ...{ hooks: hooksOf(plan.hooks, agent), restore: restoreOf(plan.restore, agent) },
  };
}

function hooksOf(hooks: BackupPlan['hooks'], agent: string | undefined): BackupPlan['hooks'] {
  const { before, freeze, after } = hooks;
  return {
    ...(before !== undefined && { before: onAgent(before, agent) }),
    ...(freeze !== undefined && { freeze: onAgent(freeze, agent) }),
    ...(after !== undefined && { after: onAgent(after, agent) }),
  };
}

function restoreOf(restore: RestoreChoice, agent: string | undefined): RestoreChoice {
  const { credentials } = restore;
  if (credentials === undefined) return restore;
  return { ...restore, credentials: onAgent(credentials, agent) };
}

function onAgent<Hook extends HookCommand>(hook: Hook, agent: string | undefined): Hook {
  return hook.agent === undefined && agent !== undefined ? { ...hook, agent } : hook;
}
