import type { PermitRequest, Scope, ScopeKind } from '../../../contracts/kernel/change-control.ts';

/** Which runs are meant; without a kind all of the family, without a family all there are. */
interface Party {
  family?: string;
  kind?: string;
}

/** Two runs that must not go on at once where both have a scope of this kind with the same name. */
interface Exclusion {
  one: Party;
  other: Party;
  on: ScopeKind;
  /** Said of both: "... because". */
  because: string;
  /** `one` goes ahead all the same, and the other is aborted. */
  oneOutranks?: true;
}

/** What each kind of run needs of a repository until it ends. */
const setsInUse = {
  restore: 'what is being restored',
  restoreDrill: 'what is being restored',
  backup: 'what a new set builds on',
  backupVerification: 'what is being read',
  backupReplication: 'what is being copied',
  pointInTimeRecovery: 'what is being searched',
};

/**
 * Who excludes whom. Rollouts of one service are not in it: their workflow ID is a lock, and the
 * successor of a rollout that is superseded must get its permit.
 */
const exclusions: readonly Exclusion[] = [
  ...['failover', 'switchover', 'rejoin'].map((kind): Exclusion => ({
    one: { family: 'backups', kind: 'pointInTimeRecovery' },
    other: { family: 'recovery', kind },
    on: 'database',
    because: 'a standby has what is being undone, and must not take over meanwhile',
  })),
  {
    one: { family: 'recovery', kind: 'failover' },
    other: {},
    on: 'database',
    because: 'nothing else may work on a database that fails over',
    oneOutranks: true,
  },
  {
    one: { family: 'recovery', kind: 'switchover' },
    other: {},
    on: 'database',
    because: 'nothing else may work on a database that switches over',
  },
  {
    one: { family: 'recovery', kind: 'rejoin' },
    other: { family: 'chaos' },
    on: 'database',
    because: 'a database without its redundancy must not be experimented on',
  },
  {
    one: { family: 'rollouts', kind: 'rollback' },
    other: { family: 'chaos' },
    on: 'service',
    because: 'a service that is rolled back must not be experimented on',
    oneOutranks: true,
  },
  {
    one: { family: 'rollouts' },
    other: { family: 'chaos' },
    on: 'service',
    because: 'a rollout and an experiment on one service would be judged by the same traffic',
  },
  ...(['service', 'database', 'host', 'namespace'] as const).map((on): Exclusion => ({
    one: { family: 'chaos' },
    other: { family: 'chaos' },
    on,
    because: 'two faults at once could not be told apart',
  })),
  ...Object.entries(setsInUse).map(([kind, what]): Exclusion => ({
    one: { family: 'backups', kind: 'backupRetention' },
    other: { family: 'backups', kind },
    on: 'repository',
    because: `expiry could delete ${what}`,
  })),
  {
    one: { family: 'backups', kind: 'backup' },
    other: { family: 'backups', kind: 'backup' },
    on: 'database',
    because: 'two backups of one database would wait for the same lock',
  },
  ...['restore', 'pointInTimeRecovery'].map((kind): Exclusion => ({
    one: { family: 'backups', kind },
    other: { family: 'backups', kind: 'backup' },
    on: 'database',
    because: 'a database that is being restored in place is not a source',
  })),
];

/** What two runs are to each other: nothing, or one in the way of the other. */
export type Relation =
  | { kind: 'none' }
  | { kind: 'excluded'; because: string }
  /** The one that asks goes ahead, and the holder is aborted. */
  | { kind: 'outranks'; because: string };

type Run = Pick<PermitRequest, 'family' | 'kind' | 'scopes'>;

export function relate(asking: Run, holding: Run): Relation {
  for (const { one, other, on, because, oneOutranks } of exclusions) {
    const asksAsOne = isParty(asking, one) && isParty(holding, other);
    const asksAsOther = isParty(asking, other) && isParty(holding, one);
    if (!asksAsOne && !asksAsOther) continue;
    // Last, because it takes longest, and a run is compared with every holder.
    if (!shareScope(asking.scopes, holding.scopes, on)) continue;
    const outranks = oneOutranks === true && asksAsOne && !asksAsOther;
    return { kind: outranks ? 'outranks' : 'excluded', because };
  }
  return { kind: 'none' };
}

function isParty(run: Run, { family, kind }: Party): boolean {
  return (family ?? run.family) === run.family && (kind ?? run.kind) === run.kind;
}

function shareScope(some: readonly Scope[], others: readonly Scope[], on: ScopeKind): boolean {
  return some.some((scope) => others.some((other) => meets(scope, other, on)));
}

function meets(one: Scope, other: Scope, on: ScopeKind): boolean {
  const inQuestion = ({ of }: Scope) => of === on || of === 'environment';
  if (!inQuestion(one) || !inQuestion(other)) return false;
  return one.of === 'environment' || other.of === 'environment' || one.name === other.name;
}
