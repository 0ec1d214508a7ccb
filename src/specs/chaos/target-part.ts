/** The part of a host that is hit. Without zod: the programs that inject and remove faults load this. */
import type { Unfinished } from '../kernel/finding.ts';
import type { TargetPart } from './fault.ts';

/** What is hit, as the settings of the agent name it; without any, the host itself. */
export interface TargetName {
  process?: string;
  network?: string;
  disk?: string;
  proxy?: string;
  copy?: string;
}

export const parts = [
  'process',
  'network',
  'disk',
  'proxy',
  'copy',
  'host',
] as const satisfies readonly TargetPart[];

/** Which part of a host a target is, as it was written or as it was read. */
export function partOf(target: Unfinished | TargetName): TargetPart {
  const given: Unfinished = { ...target };
  return parts.find((part) => given[part] !== undefined) ?? 'host';
}

/** The part of a host that a target is, with its name; the host itself has none. */
export function namedPart(target: TargetName): { part: TargetPart; name?: string } {
  const part = partOf(target);
  const name = part === 'host' ? undefined : target[part];
  return { part, ...(name !== undefined && { name }) };
}
