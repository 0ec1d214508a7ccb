import type { SeenNode } from './seen-node.ts';

/** Which node is the primary, whether it answers or not. */
export type FoundPrimary =
  | { kind: 'one'; primary: SeenNode; why: string }
  /** Nobody can say which; `named` of the run may. */
  | { kind: 'none'; why: string }
  /** More than one takes writes. */
  | { kind: 'several'; why: string };

/**
 * A node that says so is the primary. Where none does, it is the one that standbys follow, else the
 * only one of which nobody can say that it is something else.
 */
export function findPrimary(seen: readonly SeenNode[], named?: string): FoundPrimary {
  const primaries = seen.filter(({ facts }) => facts?.state === 'primary');
  const [primary, ...others] = primaries;
  if (primary !== undefined && others.length > 0) {
    const names = primaries.map(({ node }) => node.name).join(' and ');
    return { kind: 'several', why: `${names} are both primaries: stop the one that is not meant` };
  }
  if (primary !== undefined) {
    if (named === undefined || primary.node.name === named) return one(primary, 'it says so');
    return { kind: 'none', why: `the primary is ${primary.node.name}, not ${named}` };
  }
  if (named !== undefined) return byName(seen, named);
  return (
    followed(seen) ??
    onlyPossible(seen) ?? {
      kind: 'none',
      why: 'no node is a primary, and nobody can say which one was: name it with from',
    }
  );
}

function byName(seen: readonly SeenNode[], named: string): FoundPrimary {
  const found = seen.find(({ node }) => node.name === named);
  if (found === undefined) return { kind: 'none', why: `the plan has no node ${named}` };
  if (found.facts?.state === 'standby') {
    return { kind: 'none', why: `${named} is a standby, so it is not the primary that is down` };
  }
  return one(found, 'it was named');
}

function followed(seen: readonly SeenNode[]): FoundPrimary | undefined {
  const addresses = seen.flatMap(({ facts }) => facts?.upstream?.address ?? []);
  const found = seen.filter(
    ({ node: { address }, facts }) =>
      facts?.state !== 'standby' &&
      addresses.some(({ host, port }) => host === address.host && port === address.port),
  );
  return found.length === 1 && found[0] ? one(found[0], 'standbys follow it') : undefined;
}

/** A node that does not answer is never outvoted: it may be the primary, and take writes. */
function onlyPossible(seen: readonly SeenNode[]): FoundPrimary | undefined {
  const found = seen.filter(
    ({ facts }) => facts === undefined || facts.state === 'stopped' || facts.state === 'unknown',
  );
  if (found.length !== 1 || found[0] === undefined) return undefined;
  return one(found[0], 'every other node is something else');
}

function one(primary: SeenNode, why: string): FoundPrimary {
  return { kind: 'one', primary, why };
}
