/** Rules of the kernel by iptables, of both families of addresses. */
import { createHash } from 'node:crypto';
import type { Family } from '../../../policies/chaos/network/plan-rules.ts';
import {
  findFaultsInRules,
  foreignRules,
  planRemoval,
  type FaultInRules,
} from '../../../policies/chaos/network/read-rules.ts';
import type { Namespace } from './namespace.ts';
import { isProgramThere } from './programs.ts';

const families: readonly Family[] = ['ipv4', 'ipv6'];
const programs = {
  ipv4: { save: 'iptables-save', restore: 'iptables-restore' },
  ipv6: { save: 'ip6tables-save', restore: 'ip6tables-restore' },
} as const;
/** Somebody else may be changing rules. */
const waitSeconds = '5';

/** Rules of this family are read and written by these programs. */
export function programsOf(family: Family): readonly string[] {
  return Object.values(programs[family]);
}

/** By the kernel, with what it has counted. */
export async function readRules(namespace: Namespace, family: Family): Promise<string> {
  return succeed(namespace, [programs[family].save, '-c']);
}

/** All of them, or none. */
export async function applyRules(
  namespace: Namespace,
  family: Family,
  rules: string,
): Promise<void> {
  await succeed(namespace, [programs[family].restore, '--noflush', '-w', waitSeconds], rules);
}

/** All that is there of a fault, whose peers are of these families. Rejects where something of it is left. */
export async function removeRules(
  namespace: Namespace,
  id: string,
  of: readonly Family[],
): Promise<void> {
  for (const family of of) {
    const removal = planRemoval(await readRules(namespace, family), id);
    if (removal === '') continue;
    await applyRules(namespace, family, removal);
    if (planRemoval(await readRules(namespace, family), id) !== '') {
      throw new Error(`rules of ${family} are still there`);
    }
  }
}

/** Of everybody else, to be compared with another time. */
export async function digestForeignRules(
  namespace: Namespace,
  of: readonly Family[],
): Promise<string> {
  const hash = createHash('sha256');
  for (const family of of) {
    hash.update(JSON.stringify(foreignRules(await readRules(namespace, family))));
  }
  return hash.digest('hex').slice(0, 16);
}

/**
 * Every fault that has rules there, of whichever family. Only of a family whose program is missing there
 * are none of ours: one that cannot be read may have some.
 */
export async function readFaults(
  namespace: Namespace,
  isThere: (program: string) => boolean = isProgramThere,
): Promise<(FaultInRules & { family: Family })[]> {
  const there = families.filter((family) => isThere(programs[family].save));
  const found = await Promise.all(
    there.map(async (family) =>
      findFaultsInRules(await readRules(namespace, family)).map((each) => ({ ...each, family })),
    ),
  );
  return found.flat();
}

async function succeed(
  namespace: Namespace,
  argv: readonly string[],
  input?: string,
): Promise<string> {
  const { exitCode, stdout, stderr } = await namespace.run(argv, input);
  if (exitCode === 0) return stdout;
  throw new Error(`${argv[0]} failed: ${firstLine(stderr) || `exit code ${exitCode}`}`);
}

export function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.slice(0, 300) ?? '';
}
