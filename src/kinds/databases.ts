import { completingPhases, completingVerbs, type CompletingPhase } from './completing.ts';
import type { KindDefinition, PhaseDefinition, Subject, VerbDefinition } from './kind.ts';
import { runPhases, type RunPhase } from './run-phases.ts';
import { runVerbs, type RunVerb } from './run-verbs.ts';
import { databaseWorkflowTypes, type DatabaseKind } from './workflow-types.ts';

export type FencePhase =
  | RunPhase
  /** A former primary takes writes if its server is started: its host could not be asked yet. */
  | 'unfenced';

const fencePhases: Readonly<Record<FencePhase, PhaseDefinition>> = {
  ...runPhases,
  unfenced: { waitsForPerson: true, notify: 'stuck' },
};

const fenceVerbs: Readonly<Record<RunVerb, VerbDefinition<FencePhase>>> = {
  ...runVerbs,
  abort: {
    ...runVerbs.abort,
    meaning: 'stop waiting for a host that never comes back',
    during: ['starting', 'working', 'unfenced'],
  },
};

export type WatchPhase =
  | RunPhase
  /** The primary is down, and a person decides. */
  | 'down';

const watchPhases: Readonly<Record<WatchPhase, PhaseDefinition>> = {
  ...runPhases,
  down: { waitsForPerson: true, notify: 'stuck' },
};

export type WatchVerb = RunVerb | 'acknowledge';

const watchVerbs: Readonly<Record<WatchVerb, VerbDefinition<WatchPhase>>> = {
  ...runVerbs,
  acknowledge: {
    meaning: 'acknowledge the last failover, so that the next may be automatic again',
    during: ['working', 'down'],
    otherwise: 'There is nothing to acknowledge yet',
    needsName: true,
    examples: ['shop --as ana --why "the disk of db-1 was replaced"'],
  },
  abort: { ...runVerbs.abort, meaning: 'stop watching', during: ['starting', 'working', 'down'] },
};

interface DatabaseName {
  environment: string;
  database: string;
}

const subjectOf = ({ environment, database }: DatabaseName): Subject => ({
  environment,
  name: database,
});

/** The fence of one node: several may be waited for at once. */
export function fenceSubject({ plan, node }: { plan: DatabaseName; node: string }): Subject {
  return { environment: plan.environment, name: `${plan.database}.${node}` };
}

const common = { family: 'recovery', subjectName: 'database', whenOpen: 'refuse' } as const;

/** They share a lock: an open one is the only one of its database. */
const changing = {
  ...common,
  lock: 'database',
  phases: completingPhases,
  verbs: completingVerbs,
  subject: ({ plan }: { plan: DatabaseName }) => subjectOf(plan),
};

type Changing = KindDefinition<{ plan: DatabaseName }, CompletingPhase, RunVerb>;

export const databaseKinds = {
  databaseWatch: {
    ...common,
    subject: subjectOf,
    kind: 'databaseWatch',
    workflowType: databaseWorkflowTypes.databaseWatch,
    lock: 'database-watch',
    phases: watchPhases,
    verbs: watchVerbs,
    successes: ['Stopped'],
  } satisfies KindDefinition<DatabaseName, WatchPhase, WatchVerb>,
  failover: {
    ...changing,
    kind: 'failover',
    workflowType: databaseWorkflowTypes.failover,
    successes: ['FailedOver', 'Planned'],
  } satisfies Changing,
  switchover: {
    ...changing,
    kind: 'switchover',
    workflowType: databaseWorkflowTypes.switchover,
    successes: ['SwitchedOver', 'Planned'],
  } satisfies Changing,
  rejoin: {
    ...changing,
    kind: 'rejoin',
    workflowType: databaseWorkflowTypes.rejoin,
    successes: ['Rejoined', 'Planned'],
  } satisfies Changing,
  fence: {
    ...common,
    subject: fenceSubject,
    kind: 'fence',
    workflowType: databaseWorkflowTypes.fence,
    // It waits beside the other runs of its database, for as long as its host is away.
    lock: 'database-fence',
    phases: fencePhases,
    verbs: fenceVerbs,
    successes: ['Fenced', 'NotNeeded', 'Planned'],
  } satisfies KindDefinition<{ plan: DatabaseName; node: string }, FencePhase, RunVerb>,
};

/** Every kind is in the table. */
databaseKinds satisfies Record<DatabaseKind, unknown>;
