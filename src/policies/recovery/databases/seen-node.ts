import type { NodeFacts } from '../../../contracts/recovery/database-node.ts';
import type { DatabaseNode } from '../../../specs/recovery/database-node.ts';

/** A node, and what its agent says of it; without facts nobody on its host answers. */
export interface SeenNode {
  node: DatabaseNode;
  facts?: NodeFacts;
  /** Why there are no facts. */
  why?: string;
}

export function nameOf({ node }: SeenNode): string {
  return node.name;
}

export function nodeNamed(seen: readonly SeenNode[], name: string): SeenNode | undefined {
  return seen.find(({ node }) => node.name === name);
}

/** In one line, as evidence shows it. */
export function describeNode({ facts, why = 'its agent does not answer' }: SeenNode): string {
  if (facts === undefined) return why;
  const { state, timeline, lsn, receivedLsn, detail } = facts;
  const position = receivedLsn ?? lsn;
  return [
    state,
    ...(timeline === undefined ? [] : [`timeline ${timeline}`]),
    ...(position === undefined ? [] : [`at ${position}`]),
    ...(detail === '' ? [] : [detail]),
  ].join(', ');
}
