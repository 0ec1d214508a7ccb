import { isMapping, type Finding, type Unfinished } from '../kernel/finding.ts';
import { finding } from './judge-expressions.ts';

/** An included playbook includes nothing itself; one that leads back to itself is named as a loop. */
export function judgeIncludes({ includes }: Unfinished): Finding[] {
  if (!isMapping(includes)) return [];
  const uses = new Map(
    Object.entries(includes).map(([name, include]) => [name, usedBy(include)] as const),
  );
  return [...uses].flatMap(([name, used]) =>
    used.map(({ use, index }) => {
      const loop = loopFrom(name, use, uses);
      const message =
        loop === undefined
          ? `${name} is included itself, and includes go one level deep; write its steps here`
          : `a loop of includes: ${loop.join(' -> ')}`;
      return finding(['includes', name, 'steps', index, 'use'], message);
    }),
  );
}

interface Used {
  use: string;
  index: number;
}

function usedBy(include: unknown): Used[] {
  const steps = isMapping(include) ? include['steps'] : undefined;
  if (!Array.isArray(steps)) return [];
  return steps.flatMap((step: unknown, index) => {
    const use = isMapping(step) ? step['use'] : undefined;
    return typeof use === 'string' ? [{ use, index }] : [];
  });
}

function loopFrom(
  from: string,
  first: string,
  uses: ReadonlyMap<string, readonly Used[]>,
): string[] | undefined {
  const search = (name: string, way: string[]): string[] | undefined => {
    if (name === from) return [...way, name];
    if (way.includes(name)) return undefined;
    for (const { use } of uses.get(name) ?? []) {
      const found = search(use, [...way, name]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return search(first, [from]);
}
