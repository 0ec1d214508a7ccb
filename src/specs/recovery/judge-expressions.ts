import { isMapping, type Finding } from '../kernel/finding.ts';
import { showGiven } from '../kernel/given.ts';
import { checkExpression, fits, type CelScope } from '../../policies/recovery/playbooks/cel.ts';
import { splitTemplate, wholeExpression } from '../../policies/recovery/playbooks/template.ts';
import type { CelType } from '../../policies/recovery/playbooks/value-types.ts';

export type Path = readonly (string | number)[];

/** What an expression may refer to at one place of a playbook. */
export interface Place {
  scope: CelScope;
  /** IDs of steps that come only later. */
  later: ReadonlySet<string>;
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  double: 'a number',
  int: 'a number',
  bool: 'true or false',
  list: 'a list',
  'list<string>': 'a list of texts',
};

/** An expression whose value has to be of this type. */
export function judgeExpression(
  expression: string,
  wanted: CelType,
  { place, path }: { place: Place; path: Path },
): Finding[] {
  const checked = checkExpression(expression, place.scope);
  if (!checked.ok) {
    return [finding(path, `${showGiven(expression)}: ${explain(checked.message, place)}`)];
  }
  if (fits(checked.type, wanted)) return [];
  const is = typeNames[checked.type] ?? 'a mapping';
  const needed = typeof wanted === 'string' ? (typeNames[wanted] ?? wanted) : 'a mapping';
  return [finding(path, `${showGiven(expression)} is ${is}, where ${needed} is needed`)];
}

/** Text that may have expressions in it. */
export function judgeTemplate(
  text: unknown,
  { place, path }: { place: Place; path: Path },
): Finding[] {
  if (typeof text !== 'string') return [];
  const split = splitTemplate(text);
  if (!split.ok) return [finding(path, `${showGiven(text)}: ${split.message}`)];
  return split.pieces.flatMap((piece) =>
    'expression' in piece ? judgeExpression(piece.expression, 'dyn', { place, path }) : [],
  );
}

/** The one expression that a value is, if it is nothing else. */
export function expressionIn(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const split = splitTemplate(value);
  return split.ok ? wholeExpression(split.pieces) : undefined;
}

/** Whether a value has any expression in it, however deep. */
export function hasExpression(value: unknown): boolean {
  if (typeof value === 'string') {
    const split = splitTemplate(value);
    return !split.ok || split.pieces.some((piece) => 'expression' in piece);
  }
  if (Array.isArray(value)) return value.some(hasExpression);
  return isMapping(value) && Object.values(value).some(hasExpression);
}

/** Every text of a value, however deep. */
export function judgeTemplates(value: unknown, at: { place: Place; path: Path }): Finding[] {
  if (typeof value === 'string') return judgeTemplate(value, at);
  const { place, path } = at;
  if (Array.isArray(value)) {
    return value.flatMap((each, index) => judgeTemplates(each, { place, path: [...path, index] }));
  }
  if (!isMapping(value)) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    judgeTemplates(each, { place, path: [...path, key] }),
  );
}

export function finding(path: Path, message: string): Finding {
  return { path: [...path], message };
}

/** The library names a key, and not what has it. */
function explain(message: string, { scope, later }: Place): string {
  const key = /^No such key: (\w+)$/.exec(message)?.[1];
  const unknown = /^Unknown variable: (\w+)$/.exec(message)?.[1];
  if (unknown !== undefined) {
    return `there is no ${unknown}; known are ${Object.keys(scope).join(', ')}`;
  }
  if (key === undefined) return message;
  if (later.has(key)) return `the step ${key} comes only later`;
  const names = ['inputs', 'steps', 'result'].flatMap((name) => {
    const type = scope[name];
    if (typeof type !== 'object') return [];
    return [`${name}: ${Object.keys(type).join(', ') || 'none'}`];
  });
  return `there is no ${key} there; known are ${names.join('; ')}`;
}
