import { readCount, readCounts, readDuration, WrongOption } from '../report/arguments.ts';

const parts = ['floor', 'canaries', 'hold', 'real'] as const;
type Part = (typeof parts)[number];

export interface KubernetesPlan {
  parts: readonly Part[];
  /** Plain Deployments that are updated at the same time. */
  floor: number;
  /** Concurrent canaries, one run for each number. */
  counts: number[];
  holding: number;
  heldMs: number;
  /** BELAY_* variables of the worker that differ from its defaults. */
  settings: Record<string, string>;
}

/** Throws WrongOption. */
export function readPlan(text: (option: string) => string): KubernetesPlan {
  const variables = { qps: 'BELAY_KUBERNETES_QPS', burst: 'BELAY_KUBERNETES_BURST' };
  const given = Object.entries(variables).filter(([option]) => text(option) !== '');
  return {
    parts: readParts(text('parts')),
    floor: readCount('floor', text('floor')),
    counts: readCounts('counts', text('counts')),
    holding: readCount('holding', text('holding')),
    heldMs: readDuration('hold', text('hold')),
    settings: Object.fromEntries(
      given.map(([option, variable]) => [variable, String(readCount(option, text(option)))]),
    ),
  };
}

function readParts(text: string): readonly Part[] {
  if (text === 'all') return parts;
  const named = text.split(',');
  const known = parts.filter((part) => named.includes(part));
  if (known.length === named.length) return known;
  throw new WrongOption(`--parts takes ${parts.join(', ')}, or all; not "${text}".`);
}
