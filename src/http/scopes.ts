import { isVerb, verbs, type Verb } from '../kinds/rollout-verbs.ts';

/** What a credential may be used for. */
export type Scope =
  | { kind: 'alerts' }
  | { kind: 'read' }
  /** `environment`, `service`: absent means any. `verbs`: absent means all. */
  | { kind: 'verbs'; environment?: string; service?: string; verbs?: readonly Verb[] };

/** What a request needs its credential to allow. */
export type Permission =
  | { kind: 'alerts' }
  | { kind: 'read' }
  | { kind: 'verbs'; environment: string; service: string; verb: Verb };

export const scopeForms =
  'alerts, read, verbs, verbs:<environment>/<service> and verbs:<environment>/<service>:<verb>,<verb>, with * for any name';

/** What is meant as a scope, whether or not it is one: no secret may look like this. */
const meantAsScope = /^(alerts?|reads?|verbs?)([:,/]|$)/;
const verbsScope = /^verbs(?::([^/:\s]+)\/([^/:\s]+)(?::(\S+))?)?$/;

export function isMeantAsScope(written: string): boolean {
  return meantAsScope.test(written);
}

/** The scope, or what is wrong with it. */
export function parseScope(written: string): Scope | { problem: string } {
  if (written === 'alerts' || written === 'read') return { kind: written };
  const found = verbsScope.exec(written);
  if (found === null) {
    return { problem: `"${written}" is not a scope; there are ${scopeForms}` };
  }
  const [, environment = '*', service = '*', list] = found;
  const named = list?.split(',');
  const unknown = named?.filter((one) => !isVerb(one)) ?? [];
  if (unknown.length > 0) {
    return {
      problem: `"${written}": there is no verb ${unknown.map((one) => `"${one}"`).join(', ')}; there are ${verbs.join(', ')}`,
    };
  }
  return {
    kind: 'verbs',
    ...(environment !== '*' && { environment }),
    ...(service !== '*' && { service }),
    ...(named !== undefined && { verbs: named.filter(isVerb) }),
  };
}

/** Whether a credential with these scopes may do this; one without a list may do everything. */
export function allows(scopes: readonly Scope[] | undefined, wanted: Permission): boolean {
  return scopes === undefined || scopes.some((scope) => covers(scope, wanted));
}

function covers(scope: Scope, wanted: Permission): boolean {
  if (scope.kind !== 'verbs' || wanted.kind !== 'verbs') return scope.kind === wanted.kind;
  const { environment = wanted.environment, service = wanted.service, verbs: listed } = scope;
  return (
    environment === wanted.environment &&
    service === wanted.service &&
    (listed === undefined || listed.includes(wanted.verb))
  );
}

/** As a line of the file has it. */
export function writePermission(wanted: Permission): string {
  if (wanted.kind !== 'verbs') return wanted.kind;
  return `verbs:${wanted.environment}/${wanted.service}:${wanted.verb}`;
}
