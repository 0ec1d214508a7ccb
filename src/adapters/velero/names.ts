import { createHash } from 'node:crypto';
import type { MakeSetCall, StoreCall } from '../../contracts/backups/store.ts';
import type { RunStep } from '../../contracts/kernel/agent.ts';
import type { KubernetesObject } from '../kubernetes-api/dynamic/api-resource.ts';

/** What a set says of itself. Velero stores it with the set, so that another cluster reads it, too. */
const keys = {
  run: 'belay.dev/run',
  plan: 'belay.dev/plan',
  component: 'belay.dev/component',
  source: 'belay.dev/source',
  claims: 'belay.dev/claims',
} as const;

/** A claim whose data a set has to have. */
export interface ExpectedClaim {
  /** `NAMESPACE/NAME`. */
  claim: string;
  uid: string;
}

export interface SetMarks {
  run?: string | undefined;
  plan?: string | undefined;
  component?: string | undefined;
  /** The cluster it was made of. */
  source?: string | undefined;
  /** Absent: nobody has written down what the set has to have. */
  claims?: readonly ExpectedClaim[] | undefined;
}

type Act = Pick<MakeSetCall, 'act' | 'plan' | 'component'>;

/** The same act has the same name, so that a second attempt finds what the first one made. */
export function nameOfSet({ act, plan, component }: Act): string {
  const shown = `${plan.environment}-${plan.backup}-${component.name}`.slice(0, 40);
  return `${shown.replace(/-+$/, '')}-${hashOf(`${keyOf(act)}/${component.name}`)}`;
}

export function nameOfRequest(act: RunStep, about: string): string {
  return `belay-${hashOf(`${keyOf(act)}/${about}`)}`;
}

/** The namespace of a copy: of one namespace of the set, and of one copy. */
export function namespaceOfCopy(namespace: string, copy: string): string {
  return `${namespace.slice(0, 40).replace(/-+$/, '')}-copy-${hashOf(copy)}`;
}

export function annotationsOf(
  { act, plan, component }: Act,
  { source, claims }: { source: string | undefined; claims: readonly ExpectedClaim[] },
): Record<string, string> {
  return {
    [keys.run]: keyOf(act),
    [keys.plan]: planOf(plan),
    [keys.component]: component.name,
    ...(source !== undefined && { [keys.source]: source }),
    [keys.claims]: JSON.stringify(Object.fromEntries(claims.map(({ claim, uid }) => [claim, uid]))),
  };
}

export function marksOf({ metadata }: KubernetesObject): SetMarks {
  const written = metadata.annotations ?? {};
  return {
    run: written[keys.run],
    plan: written[keys.plan],
    component: written[keys.component],
    source: written[keys.source],
    claims: claimsIn(written[keys.claims]),
  };
}

export function isOf(
  { plan, component }: SetMarks,
  call: Pick<StoreCall, 'plan' | 'component'>,
): boolean {
  return plan === planOf(call.plan) && component === call.component.name;
}

function claimsIn(written: string | undefined): ExpectedClaim[] | undefined {
  if (written === undefined) return undefined;
  try {
    const found = JSON.parse(written) as Record<string, unknown>;
    return Object.entries(found).map(([claim, uid]) => ({ claim, uid: String(uid) }));
  } catch {
    return undefined;
  }
}

function planOf({ environment, backup }: StoreCall['plan']): string {
  return `${environment}/${backup}`;
}

function keyOf({ runRef, step }: RunStep): string {
  return `${runRef}/${step}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
