/** Rules of the kernel by iptables, of both families of addresses. */
import { createHash } from 'node:crypto';
import type { Family } from '../../../policies/chaos/network/plan-rules.ts';
import { foreignRules, planRemoval } from '../../../policies/chaos/network/read-rules.ts';
import type { Namespace } from './namespace.ts';

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

/** All that is there of a fault. Rejects where something of it is left. */
export async function removeRules(namespace: Namespace, id: string): Promise<void> {
  for (const family of await familiesThere(namespace)) {
    const removal = planRemoval(await readRules(namespace, family), id);
    if (removal === '') continue;
    await applyRules(namespace, family, removal);
    if (planRemoval(await readRules(namespace, family), id) !== '') {
      throw new Error(`rules of ${family} are still there`);
    }
  }
}

/** Of everybody else, to be compared with another time. */
export async function digestForeignRules(namespace: Namespace): Promise<string> {
  const hash = createHash('sha256');
  for (const family of await familiesThere(namespace)) {
    hash.update(JSON.stringify(foreignRules(await readRules(namespace, family))));
  }
  return hash.digest('hex').slice(0, 16);
}

/** A host without ip6tables has no rules of IPv6 of ours either. */
export async function familiesThere(namespace: Namespace): Promise<Family[]> {
  const found = await Promise.all(
    families.map(async (family) => {
      if (family === 'ipv4') return [family];
      const isThere = await readRules(namespace, family).then(
        () => true,
        () => false,
      );
      return isThere ? [family] : [];
    }),
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
