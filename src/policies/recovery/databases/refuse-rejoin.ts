import { describeNode, type SeenNode } from './seen-node.ts';

/** Every reason why a node cannot be made a standby of the primary; empty: it can. */
export function refuseRejoin(
  seen: readonly SeenNode[],
  primary: SeenNode,
  wanted: string,
): string[] {
  const node = seen.find(({ node: { name } }) => name === wanted);
  if (node === undefined) return [`the plan has no node ${wanted}`];
  const { facts } = node;
  const lead = primary.node.name;
  const reasons: string[] = [];
  if (primary.facts?.state !== 'primary') {
    reasons.push(`${lead} is no primary that is up: ${describeNode(primary)}`);
  }
  if (wanted === lead) reasons.push(`${lead} is the primary`);
  if (facts === undefined) reasons.push(`${wanted}: ${describeNode(node)}`);
  if (facts?.state === 'standby' && facts.upstream?.connected === true) {
    reasons.push(`${wanted} is a standby already, and follows`);
  }
  const ours = primary.facts?.systemIdentifier;
  const theirs = facts?.systemIdentifier;
  if (ours !== undefined && theirs !== undefined && ours !== theirs) {
    reasons.push(`${wanted} is of another cluster: ${theirs}, and ${lead} is of ${ours}`);
  }
  return reasons;
}
