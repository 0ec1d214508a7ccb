import type { NodeFacts, NodeState } from '../../../contracts/recovery/database-node.ts';
import { compareLsn } from './lsn.ts';
import { nameOf, type SeenNode } from './seen-node.ts';
import { requiredAnswers } from './synchronous.ts';

export type Candidate = SeenNode & { facts: NodeFacts };

/** The standby that is promoted, or every reason why none can be. */
export type Choice =
  { ok: true; candidate: Candidate; others: Candidate[] } | { ok: false; reasons: string[] };

export interface Wanted {
  /** The one that a person asks for. */
  to?: string;
  /** What is known of the cluster. A standby of another cluster, or on an older timeline, does not count. */
  systemIdentifier?: string;
  timeline?: number;
  /** `synchronous_standby_names` of the primary, where it is known. */
  synchronousStandbys?: string;
  /** Nobody has said which node is the primary. */
  isUnattended?: boolean;
}

/**
 * The standby that has received most; among equals the one that the plan names first. Its timeline is
 * not older than any other's, and where commits waited for standbys, one of those that answer has
 * every commit that was acknowledged: R + W > N. Where they are on a later timeline than the primary, or a watch
 * started it and nobody knows its timeline, somebody may have been promoted since, and must not be a node that cannot
 * be asked; nor may any node be on a later timeline than they are.
 */
export function chooseCandidate(
  seen: readonly SeenNode[],
  primary: SeenNode,
  wanted: Wanted,
): Choice {
  const standbys = seen.filter((each) => each.node.name !== primary.node.name);
  const identifier = wanted.systemIdentifier ?? primary.facts?.systemIdentifier;
  const reasons: string[] = [];
  const fit: Candidate[] = [];
  for (const each of standbys) {
    const why = refuseStandby(each, identifier);
    if (why === undefined) fit.push(each as Candidate);
    else reasons.push(`${nameOf(each)}: ${why}`);
  }
  const identifiers = new Set(fit.map(({ facts }) => facts.systemIdentifier));
  if (identifiers.size > 1) {
    return { ok: false, reasons: [...reasons, 'the standbys are of different clusters'] };
  }
  const newest = Math.max(wanted.timeline ?? 0, ...fit.map(({ facts }) => facts.timeline ?? 0));
  const current = fit.filter(({ facts }) => (facts.timeline ?? 0) >= newest);
  for (const each of fit.filter((one) => !current.includes(one))) {
    reasons.push(`${nameOf(each)}: is on timeline ${each.facts.timeline}, and ${newest} is newer`);
  }
  if (fit.length > 0 && current.length === 0) {
    reasons.push(
      `nobody else has what ${nameOf(primary)} has committed on timeline ${newest}: start it again`,
    );
  }
  const { timeline = primary.facts?.timeline } = wanted;
  const { isUnattended = false } = wanted;
  const promoted = findPromoted(
    standbys,
    { name: nameOf(primary), timeline, cluster: identifier, isUnattended },
    newest,
  );
  if (promoted !== undefined) return { ok: false, reasons: [...reasons, promoted] };
  const ranked = current.toSorted((one, other) =>
    compareLsn(other.facts.receivedLsn, one.facts.receivedLsn),
  );
  const [most] = ranked;
  const candidate =
    wanted.to === undefined ? most : ranked.find((one) => nameOf(one) === wanted.to);
  if (candidate === undefined || most === undefined) {
    return { ok: false, reasons: reasons.length > 0 ? reasons : ['there is no standby'] };
  }
  const isBehind = compareLsn(candidate.facts.receivedLsn, most.facts.receivedLsn) < 0;
  if (isBehind) {
    const why = `${nameOf(candidate)}: has received ${candidate.facts.receivedLsn}, and ${nameOf(most)} ${most.facts.receivedLsn}: promote that one`;
    return { ok: false, reasons: [...reasons, why] };
  }
  const missing = requiredAnswers(wanted.synchronousStandbys ?? '', standbys.map(nameOf), {
    answering: current.map(nameOf),
    primary: nameOf(primary),
  });
  if (missing !== undefined) return { ok: false, reasons: [...reasons, missing] };
  return { ok: true, candidate, others: current.filter((each) => each !== candidate) };
}

function refuseStandby(
  { facts, why = 'its agent does not answer' }: SeenNode,
  systemIdentifier: string | undefined,
): string | undefined {
  if (facts === undefined) return why;
  if (facts.state !== 'standby') return `is ${facts.state}: ${facts.detail}`;
  if (facts.problems.length > 0) return facts.problems.join('; ');
  if (facts.receivedLsn === undefined) return 'does not say what it has received';
  if (facts.systemIdentifier === undefined) return 'does not say of which cluster it is';
  if (systemIdentifier !== undefined && facts.systemIdentifier !== systemIdentifier) {
    return `is of another cluster: its system identifier is ${facts.systemIdentifier}, and that of the primary ${systemIdentifier}`;
  }
  return undefined;
}

/** Why another node may have been promoted in place of this primary; undefined: none can have been. */
function findPromoted(
  others: readonly SeenNode[],
  {
    name,
    timeline,
    cluster,
    isUnattended,
  }: {
    name: string;
    timeline: number | undefined;
    cluster: string | undefined;
    isUnattended: boolean;
  },
  newest: number,
): string | undefined {
  const ahead = others.find(
    ({ facts }) => facts !== undefined && (facts.timeline ?? 0) > newest && isOf(cluster, facts),
  );
  if (newest > 0 && ahead !== undefined) {
    return `somebody was promoted since: ${nameOf(ahead)} is on timeline ${ahead.facts?.timeline}, later than ${newest}, that of every standby: what it has committed would be lost. Remove ${nameOf(ahead)} from the plan if that may be lost`;
  }
  const isKnown = timeline !== undefined;
  if (isKnown ? newest <= timeline : !isUnattended) return undefined;
  const suspects = others.filter(
    (each) =>
      each.facts === undefined ||
      (mayLead.has(each.facts.state) && (each.facts.timeline ?? newest) >= newest),
  );
  if (suspects.length === 0) return undefined;
  const names = suspects.map(nameOf).join(' or ');
  if (!isKnown) {
    return `nobody knows on which timeline ${name} was, and ${names} may have been promoted since: say in from which node is the primary`;
  }
  return `somebody was promoted since: timeline ${newest} is later than ${timeline}, that of ${name}, and it may have been ${names}: say in from which node is the primary, once its agent answers`;
}

/** What does not say of which cluster it is may be of this one. */
function isOf(cluster: string | undefined, { systemIdentifier }: NodeFacts): boolean {
  return cluster === undefined || systemIdentifier === undefined || systemIdentifier === cluster;
}

/** States of a node that may be the primary, or was it last. */
const mayLead: ReadonlySet<NodeState> = new Set(['primary', 'stopped', 'unknown']);
