import { compareLsn } from './lsn.ts';
import type { SeenNode } from './seen-node.ts';

/** The standby that was promoted while another one could not be asked. */
export interface PromotedStandby {
  systemIdentifier?: string | undefined;
  /** Where its timeline begins: what others have received beyond that is not in it. */
  beganAtLsn?: string | undefined;
}

/** Why a node that answers late is not told to follow the new primary; undefined: it is. */
export function judgeLateStandby(
  { facts, why = 'its agent does not answer' }: SeenNode,
  { systemIdentifier, beganAtLsn }: PromotedStandby,
): string | undefined {
  if (facts === undefined) return why;
  if (facts.state !== 'standby') return `it is ${facts.state}: ${facts.detail}`;
  const { systemIdentifier: its } = facts;
  if (its !== undefined && systemIdentifier !== undefined && its !== systemIdentifier) {
    return `it is of another cluster: its system identifier is ${its}`;
  }
  if (beganAtLsn !== undefined && compareLsn(facts.receivedLsn, beganAtLsn) > 0) {
    return `it has received ${facts.receivedLsn}, and the new primary began at ${beganAtLsn}: nobody else has what is in between`;
  }
  return undefined;
}
