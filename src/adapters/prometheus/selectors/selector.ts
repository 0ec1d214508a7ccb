/** A selection of series: PromQL's `metric{label="value"}` as data. */
export interface Selector {
  metric: string;
  matchers: readonly Matcher[];
}

export interface Matcher {
  label: string;
  op: '=' | '!=' | '=~' | '!~';
  value: string;
}

export function equals(label: string, value: string): Matcher {
  return { label, op: '=', value };
}

export function like(label: string, pattern: string): Matcher {
  return { label, op: '=~', value: pattern };
}

/** All matchers; those in `others` replace those of `first` for the same labels. */
export function overridden(
  first: readonly Matcher[],
  others: readonly Matcher[],
): readonly Matcher[] {
  const given = new Set(others.map(({ label }) => label));
  return [...first.filter(({ label }) => !given.has(label)), ...others];
}

export function showSelector({ metric, matchers }: Selector): string {
  const inside = matchers.map(({ label, op, value }) => `${label}${op}"${quoted(value)}"`);
  return inside.length === 0 ? metric : `${metric}{${inside.join(',')}}`;
}

/** Escaped for use in a PromQL string. */
export function quoted(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** A regular expression that matches exactly this text. */
export function literally(value: string): string {
  return value.replace(/[.*+?()|{}[\]\\^$]/g, '\\$&');
}

/** Only for portable patterns. A missing label counts as empty, as in PromQL. */
export function matching({
  matchers,
}: Pick<Selector, 'matchers'>): (labels: Readonly<Record<string, string>>) => boolean {
  const tests = matchers.map(({ label, op, value }) => ({ label, isMet: testOf(op, value) }));
  return (labels) => tests.every(({ label, isMet }) => isMet(labels[label] ?? ''));
}

function testOf(op: Matcher['op'], value: string): (actual: string) => boolean {
  if (op === '=') return (actual) => actual === value;
  if (op === '!=') return (actual) => actual !== value;
  const pattern = new RegExp(`^(?:${value})$`, 's');
  return (actual) => pattern.test(actual) === (op === '=~');
}

const escape = String.raw`\\[.*+?()|{}\[\]\\^$-]`;
const range = String.raw`\[\^?(?:[\w.:/@ |$-]|[*+?(){}])+\]`;
const plain = String.raw`[\w .:/@,=~!<>"'%&;#\x60-]`;
const portablePattern = new RegExp(
  `^(?:${escape}|${range}|${plain}|\\((?:\\?:)?|[)|.]|[*+?]|\\{\\d+(?:,\\d*)?\\})*$`,
);

/** Whether a pattern has the same meaning in Prometheus (RE2) and in JavaScript. */
export function isPortable({ op, value }: Matcher): boolean {
  if (op === '=' || op === '!=') return true;
  if (!portablePattern.test(value)) return false;
  try {
    new RegExp(`^(?:${value})$`, 's');
    return true;
  } catch {
    return false;
  }
}
