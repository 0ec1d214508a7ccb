import type {
  Instance,
  PostgresClusterFacts,
} from '../../../../contracts/recovery/postgres-cluster.ts';
import { compareLsn } from '../lsn.ts';
import { refuseInstance, type Change } from './refuse-change.ts';

export type ChosenInstance = { ok: true; to: string } | { ok: false; reasons: string[] };

/** The one that was named, or else the one that has received most; with all reasons against it. */
export function chooseInstance(
  facts: PostgresClusterFacts,
  change: Change,
  named?: string,
): ChosenInstance {
  if (named !== undefined) {
    const reasons = refuseInstance(named, facts, change);
    return reasons.length === 0 ? { ok: true, to: named } : { ok: false, reasons };
  }
  const standbys = facts.instances.filter(({ name }) => name !== facts.currentPrimary);
  if (standbys.length === 0) return { ok: false, reasons: ['it has no standby'] };
  const whys = standbys.map(({ name }) => refuseInstance(name, facts, change));
  const [best] = standbys.filter((_, index) => whys[index]?.length === 0).sort(byReceived);
  return best === undefined ? { ok: false, reasons: whys.flat() } : { ok: true, to: best.name };
}

/** Stable: among equals, by name. */
function byReceived(one: Instance, other: Instance): number {
  return compareLsn(other.server?.lsn, one.server?.lsn);
}
