/** Whether this host can do a fault of networks at all, tried where it hits nobody. */
import { readFileSync } from 'node:fs';
import {
  familiesOf,
  planRules,
  type RulePlan,
} from '../../../policies/chaos/network/plan-rules.ts';
import { planQueue } from '../../../policies/chaos/network/plan-queue.ts';
import type { Namespace } from './namespace.ts';
import { isProgramThere } from './programs.ts';
import { firstLine, programsOf } from './rules.ts';

const capabilities = [
  { bit: 12n, name: 'CAP_NET_ADMIN' },
  { bit: 21n, name: 'CAP_SYS_ADMIN' },
] as const;

/** Every reason why it cannot. */
export async function refuseAbility(namespace: Namespace, plan: RulePlan): Promise<string[]> {
  const families = familiesOf(plan.network.peers);
  const queue = planQueue(plan, 'lo');
  const programs = [
    ...families.flatMap(programsOf),
    ...['tc', 'unshare'],
    ...(namespace.isOwn ? [] : ['nsenter']),
  ];
  const missing = programs.filter((program) => !isProgramThere(program));
  const lacking = lackingCapabilities();
  const refusals = [
    ...missing.map((program) => `${program} is not there, or may not be executed`),
    ...lacking.map((name) => `the agent needs root, or ${name}`),
  ];
  if (refusals.length > 0) return refusals;
  // In a network namespace that is made for the one program, and ends with it.
  const attempts = await Promise.all([
    ...families.map((family) => {
      const [, restore = ''] = programsOf(family);
      return attempt(namespace, [restore, '--noflush'], planRules(plan, family));
    }),
    ...(queue === undefined ? [] : [attempt(namespace, ['tc', '-batch', '-'], queue)]),
  ]);
  return attempts.flat();
}

async function attempt(
  namespace: Namespace,
  argv: readonly string[],
  input: string,
): Promise<string[]> {
  const { exitCode, stderr } = await namespace.run(['unshare', '--net', '--', ...argv], input);
  if (exitCode === 0) return [];
  return [`the kernel of this host cannot do it; ${argv[0]} says: ${firstLine(stderr)}`];
}

function lackingCapabilities(): string[] {
  const status = readFileSync('/proc/self/status', 'utf8');
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  return capabilities.filter(({ bit }) => ((effective >> bit) & 1n) === 0n).map(({ name }) => name);
}
