/**
 * The status of an HTTPRoute's gateways. Only parents of the spec count: there may be entries of removed
 * parents, or of a controller that was once responsible for the same gateway. Pure.
 */
import type {
  HttpRoute,
  ParentReference,
  RouteCondition,
} from '../../kubernetes-api/custom-objects.ts';

export type ConditionType = 'Accepted' | 'ResolvedRefs';

/** A parent's answer for one condition. */
export type Answer =
  /** For this generation. */
  | { kind: 'current'; holds: boolean; why: string }
  /** Without a generation: of this one, or of one before. */
  | { kind: 'undated'; holds: boolean; why: string }
  /** For an older generation only. */
  | { kind: 'behind' }
  /** None, for this or any condition. */
  | { kind: 'silent' };

export interface RouteParent {
  /** A name for messages: "gateway public". */
  name: string;
  answer(type: ConditionType): Answer;
}

export function parentsOf(route: HttpRoute): RouteParent[] {
  const namespace = route.metadata?.namespace;
  return (route.spec?.parentRefs ?? []).map((parent) => {
    const entries = (route.status?.parents ?? []).filter(
      ({ parentRef }) => parentRef !== undefined && isSame(parentRef, parent, namespace),
    );
    const conditions = entries.flatMap((entry) => entry.conditions ?? []);
    return {
      name: nameOf(parent),
      answer: (type) =>
        answerOf(
          conditions.filter((condition) => condition.type === type),
          route.metadata?.generation ?? 0,
        ),
    };
  });
}

/** Several controllers may have written an entry: the one that is up to date serves. */
function answerOf(conditions: RouteCondition[], generation: number): Answer {
  const current = conditions.filter((one) => (one.observedGeneration ?? -1) >= generation);
  if (current.length > 0) return { kind: 'current', ...judge(current) };
  const undated = conditions.filter((one) => one.observedGeneration === undefined);
  if (undated.length > 0) return { kind: 'undated', ...judge(undated) };
  return { kind: conditions.length > 0 ? 'behind' : 'silent' };
}

function judge(conditions: RouteCondition[]): { holds: boolean; why: string } {
  if (conditions.some(({ status }) => status === 'True')) return { holds: true, why: '' };
  const why = conditions.map(({ reason, status, message = '' }) =>
    `${reason ?? status} ${message}`.trim(),
  );
  return { holds: false, why: why.join(', ') };
}

function isSame(
  one: ParentReference,
  other: ParentReference,
  namespace: string | undefined,
): boolean {
  const whole = (ref: ParentReference) =>
    JSON.stringify([
      ref.group ?? 'gateway.networking.k8s.io',
      ref.kind ?? 'Gateway',
      ref.namespace ?? namespace,
      ref.name,
      ref.sectionName,
      ref.port,
    ]);
  return whole(one) === whole(other);
}

function nameOf({ kind = 'Gateway', name, sectionName, port }: ParentReference): string {
  const where = sectionName ?? (port === undefined ? undefined : `port ${port}`);
  const what = kind === 'Gateway' ? 'gateway' : kind;
  return `${what} ${name}${where === undefined ? '' : ` (${where})`}`;
}
