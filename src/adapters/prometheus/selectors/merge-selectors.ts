import { isPortable, literally, type Matcher, type Selector } from './selector.ts';

/** One selector that replaces several: it selects everything that they select, and possibly more. */
export interface Merged {
  selector: Selector;
  of: Selector[];
}

const mostAtOnce = 100;

/** As few selectors as possible. Only those with the same metric and labels are merged, each into exactly one. */
export function mergeSelectors(all: readonly Selector[]): Merged[] {
  const groups = new Map<string, Selector[]>();
  for (const selector of all) {
    const key = kindOf(selector);
    groups.set(key, [...(groups.get(key) ?? []), selector]);
  }
  return [...groups.values()].flatMap(chunks).map((of) => ({ selector: merge(of), of }));
}

/** Two selectors may be merged if this is equal. */
function kindOf(selector: Selector): string {
  const alone = isAlone(selector);
  const parts = selector.matchers.map(({ label, op, value }) =>
    JSON.stringify(alone || isNegative(op) ? [label, op, value] : [label]),
  );
  return JSON.stringify([selector.metric, alone, parts.sort()]);
}

/** Whether its series could not be separated from those of other selectors. */
function isAlone({ matchers }: Selector): boolean {
  const labels = new Set(matchers.map(({ label }) => label));
  return labels.size < matchers.length || !matchers.every(isPortable);
}

function isNegative(op: Matcher['op']): boolean {
  return op === '!=' || op === '!~';
}

function chunks(all: Selector[]): Selector[][] {
  return Array.from({ length: Math.ceil(all.length / mostAtOnce) }, (_, i) =>
    all.slice(i * mostAtOnce, (i + 1) * mostAtOnce),
  );
}

function merge(of: Selector[]): Selector {
  const [first = { metric: '', matchers: [] }] = of;
  if (of.length === 1 || isAlone(first)) return first;
  return {
    metric: first.metric,
    matchers: first.matchers.map((matcher) => {
      if (isNegative(matcher.op)) return matcher;
      return either(
        of.flatMap(({ matchers }) =>
          matchers.filter(({ label, op }) => label === matcher.label && !isNegative(op)),
        ),
      );
    }),
  };
}

function either(matchers: Matcher[]): Matcher {
  const [{ label, op, value } = { label: '', op: '=' as const, value: '' }] = matchers;
  if (matchers.every((each) => each.op === op && each.value === value)) return { label, op, value };
  const patterns = matchers.map((each) => (each.op === '=' ? literally(each.value) : each.value));
  return { label, op: '=~', value: [...new Set(patterns)].join('|') };
}
