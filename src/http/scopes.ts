import type { AnyKind, Subject } from '../kinds/kind.ts';
import { workflowIdOf, type Lock } from '../kinds/locks.ts';
import { kinds as everyKind } from '../kinds/registry.ts';
import { rolloutLock } from '../kinds/rollouts.ts';
import { locksOf } from '../kinds/select-kinds.ts';
import { verbsOf } from '../kinds/verbs.ts';
import { offerKnown } from '../specs/kernel/known-keys.ts';

/** What a credential may be used for. */
export type Scope =
  | { kind: 'alerts' }
  | { kind: 'read' }
  /** `environment`, `name`: absent means any. */
  | ({ kind: 'declare' } & Partial<Subject>)
  /** `name` is that of an objective. */
  | ({ kind: 'indicators' } & Partial<Subject>)
  /** `lock`, `environment`, `name`: absent means any. `verbs`: absent means all. */
  | ({ kind: 'verbs'; verbs?: readonly string[] } & Partial<Lock>);

/** What a request needs its credential to allow. */
export type Permission =
  | { kind: 'alerts' }
  | { kind: 'read' }
  | ({ kind: 'declare' } & Subject)
  | ({ kind: 'indicators' } & Subject)
  | ({ kind: 'verbs'; verb: string } & Lock);

export const scopeForms =
  'alerts, read, declare, declare:<environment>/<name> for incidents, indicators, ' +
  'indicators:<environment>/<objective>, verbs, verbs:<environment>/<service> for rollouts and ' +
  'verbs:<lock>/<environment>/<name> for runs of any kind, the last two also with :<verb>,<verb>; ' +
  '* stands for any name';

/** What is meant as a scope, whether or not it is one: no secret may look like this. */
const meantAsScope = /^(alerts?|reads?|declares?|indicators?|verbs?)([:,/]|$)/;
const subjectScope = /^(declare|indicators)(?::([^/:\s]+)\/([^/:\s]+))?$/;
const verbsScope = /^verbs(?::(?:([^/:\s]+)\/)?([^/:\s]+)\/([^/:\s]+)(?::(\S+))?)?$/;
const any = '*';

export function isMeantAsScope(written: string): boolean {
  return meantAsScope.test(written);
}

/** The scope, or what is wrong with it. Without a lock it is for rollouts, as all once were. */
export function parseScope(
  written: string,
  kinds: readonly AnyKind[] = everyKind,
): Scope | { problem: string } {
  if (written === 'alerts' || written === 'read') return { kind: written };
  const ofSubject = subjectScope.exec(written);
  if (ofSubject !== null) {
    const kind = ofSubject[1] === 'declare' ? 'declare' : 'indicators';
    return { kind, ...subjectOf(ofSubject[2], ofSubject[3]) };
  }
  const found = verbsScope.exec(written);
  if (found === null) {
    return { problem: `"${written}" is not a scope; there are ${scopeForms}` };
  }
  const [, lock = rolloutLock, environment = any, name = any, list] = found;
  const locks = locksOf(kinds);
  if (lock !== any && !locks.includes(lock)) {
    return {
      problem: `"${written}": no kind of run is locked by "${lock}"; ${offerKnown(lock, locks)}`,
    };
  }
  const known = verbsOf(kinds.filter((kind) => lock === any || kind.lock === lock));
  const listed = list?.split(',');
  const unknown = listed?.filter((one) => !known.includes(one)) ?? [];
  if (unknown.length > 0) {
    return {
      problem: `"${written}": there is no verb ${unknown.map((one) => `"${one}"`).join(', ')}; there are ${known.join(', ')}`,
    };
  }
  return {
    kind: 'verbs',
    ...(lock !== any && { lock }),
    ...subjectOf(environment, name),
    ...(listed !== undefined && { verbs: listed }),
  };
}

function subjectOf(environment: string = any, name: string = any): Partial<Subject> {
  return { ...(environment !== any && { environment }), ...(name !== any && { name }) };
}

/** Whether a credential with these scopes may do this; one without a list may do everything. */
export function allows(scopes: readonly Scope[] | undefined, wanted: Permission): boolean {
  return scopes === undefined || scopes.some((scope) => covers(scope, wanted));
}

function covers(scope: Scope, wanted: Permission): boolean {
  if (scope.kind === 'declare' && wanted.kind === 'declare') return isOf(scope, wanted);
  if (scope.kind === 'indicators' && wanted.kind === 'indicators') return isOf(scope, wanted);
  if (scope.kind !== 'verbs' || wanted.kind !== 'verbs') return scope.kind === wanted.kind;
  return (
    (scope.lock ?? wanted.lock) === wanted.lock &&
    isOf(scope, wanted) &&
    (scope.verbs === undefined || scope.verbs.includes(wanted.verb))
  );
}

function isOf({ environment, name }: Partial<Subject>, wanted: Subject): boolean {
  return (
    (environment ?? wanted.environment) === wanted.environment &&
    (name ?? wanted.name) === wanted.name
  );
}

/** As a line of the file has it. */
export function writePermission(wanted: Permission): string {
  if (wanted.kind === 'declare' || wanted.kind === 'indicators') {
    return `${wanted.kind}:${wanted.environment}/${wanted.name}`;
  }
  if (wanted.kind !== 'verbs') return wanted.kind;
  const { lock, environment, name, verb } = wanted;
  const run = lock === rolloutLock ? `${environment}/${name}` : workflowIdOf(wanted, wanted);
  return `verbs:${run}:${verb}`;
}
