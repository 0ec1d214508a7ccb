import type { AwaitedSuccessor } from '../../../specs/recovery/fence.ts';
import { describeNode, nameOf, type SeenNode } from './seen-node.ts';

/** What the nodes say of a former primary whose successor may never have been promoted. */
export type JudgedSuccessor =
  | { kind: 'promoted'; timeline: number }
  /** The former primary takes no writes, or nothing has taken its place. */
  | { kind: 'not-needed'; why: string }
  /** Nobody can say yet: people may know. */
  | { kind: 'unknown'; why: string };

type Promotable = Pick<AwaitedSuccessor, 'node' | 'systemIdentifier' | 'after'>;

/**
 * Only the node that the failover has chosen counts. Another one that is a primary by now may have been
 * promoted for a reason of its own, and the former primary may lead again because people wanted it to.
 */
export function judgeSuccessor(
  seen: readonly SeenNode[],
  former: string,
  { node, systemIdentifier, after }: Promotable,
): JudgedSuccessor {
  const successor = seen.find((each) => nameOf(each) === node);
  const { facts } = successor ?? {};
  const { timeline = 0 } = facts ?? {};
  if (facts?.systemIdentifier === systemIdentifier && timeline > after) {
    return { kind: 'promoted', timeline };
  }
  const itself = seen.find((each) => nameOf(each) === former)?.facts;
  if (itself && ['standby', 'fenced', 'unusable'].includes(itself.state)) {
    return { kind: 'not-needed', why: `it is ${itself.state}, and takes no writes` };
  }
  const primaries = seen.filter(({ facts }) => facts?.state === 'primary').map(nameOf);
  const isAlone = primaries.length === 1 && primaries[0] === former;
  if (isAlone && facts?.state === 'standby' && facts.systemIdentifier === systemIdentifier) {
    return { kind: 'not-needed', why: `it is the primary, and ${node} was not promoted` };
  }
  const leads = isAlone
    ? `${former} answers as the primary: where people want that, abort this run`
    : describePrimaries(primaries);
  const nodes = seen.map((each) => `${nameOf(each)}: ${describeNode(each)}`).join('; ');
  return {
    kind: 'unknown',
    why: `nobody can say whether ${node} was promoted; ${leads} (${nodes})`,
  };
}

function describePrimaries(names: readonly string[]): string {
  if (names.length === 0) return 'no node answers as a primary';
  return names.length === 1
    ? `${names[0]} answers as a primary`
    : `${names.join(' and ')} answer as primaries`;
}
