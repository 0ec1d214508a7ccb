/** The only module that knows the CEL library: expressions are checked with types, and evaluated to plain data. */
import { Environment, type ASTNode, type ParseResult } from '@marcbachmann/cel-js';
import type { CelType } from './value-types.ts';

/** Names that an expression may use, each with its type. */
export type CelScope = Readonly<Record<string, CelType>>;

export type Checked = { ok: true; type: string } | { ok: false; message: string };

export type Evaluated = { ok: true; value: unknown } | { ok: false; message: string };

const limits = {
  maxAstNodes: 500,
  maxDepth: 24,
  maxListElements: 100,
  maxMapEntries: 100,
  maxCallArguments: 8,
};
const longestExpression = 2_000;
/** A loop within a loop takes the product of their times. */
const mostLoops = 1;

/** Whether an expression can be evaluated in this scope, and the type of what comes out. */
export function checkExpression(expression: string, scope: CelScope): Checked {
  const parsed = parse(expression, environmentFor(scope));
  if (!parsed.ok) return parsed;
  const checked = parsed.run.check();
  if (checked.valid) return { ok: true, type: checked.type ?? 'dyn' };
  return { ok: false, message: messageOf(checked.error) };
}

/** The value as plain data: whole numbers of CEL become numbers. Never throws. */
export function evaluateExpression(
  expression: string,
  values: Readonly<Record<string, unknown>>,
): Evaluated {
  const names = Object.keys(values);
  const parsed = parse(
    expression,
    environmentFor(Object.fromEntries(names.map((name) => [name, 'dyn']))),
  );
  if (!parsed.ok) return parsed;
  try {
    return { ok: true, value: plain(parsed.run({ ...values })) };
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
}

/** Whether a value of type `given` may stand where `wanted` is expected. */
export function fits(given: string, wanted: CelType): boolean {
  if (wanted === 'dyn' || given === 'dyn') return true;
  if (typeof wanted === 'object') return given.startsWith('map') || given.startsWith('$');
  if (wanted === 'double') return given === 'double' || given === 'int' || given === 'uint';
  if (wanted === 'list<string>') return ['list', 'list<string>', 'list<dyn>'].includes(given);
  return given === wanted;
}

function parse(
  expression: string,
  environment: Environment,
): { ok: true; run: ParseResult } | { ok: false; message: string } {
  if (expression.length > longestExpression) {
    return {
      ok: false,
      message: `has ${expression.length} characters; at most ${longestExpression}`,
    };
  }
  try {
    const run = environment.parse(expression);
    const message = refuseCost(run.ast);
    return message === undefined ? { ok: true, run } : { ok: false, message };
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
}

function environmentFor(scope: CelScope): Environment {
  const environment = base().clone();
  for (const [name, type] of Object.entries(scope)) {
    if (typeof type === 'object') environment.registerVariable({ name, schema: { ...type } });
    else environment.registerVariable(name, type);
  }
  return environment;
}

let shared: Environment | undefined;

/** Numbers of specs and of outputs are doubles; CEL alone would refuse `inputs.replicas + 1`. */
function base(): Environment {
  if (shared !== undefined) return shared;
  shared = new Environment({ homogeneousAggregateLiterals: false, limits });
  for (const [operator, act] of Object.entries(mixed)) {
    const calculate = (one: unknown, other: unknown) => act(Number(one), Number(other));
    const result = operator === '==' ? 'bool' : 'double';
    shared.registerOperator(`double ${operator} int: ${result}`, calculate);
    // Equality comes in both orders by itself.
    if (operator !== '==') shared.registerOperator(`int ${operator} double: ${result}`, calculate);
  }
  return shared;
}

const mixed: Readonly<Record<string, (one: number, other: number) => number | boolean>> = {
  '+': (one, other) => one + other,
  '-': (one, other) => one - other,
  '*': (one, other) => one * other,
  '/': (one, other) => one / other,
  '==': (one, other) => one === other,
};

const refusedCalls: Readonly<Record<string, string>> = {
  matches: 'nothing bounds the time that it takes; use contains, startsWith or endsWith',
  split: 'nothing bounds the size of what it makes',
  join: 'nothing bounds the size of what it makes',
};

const loops: readonly unknown[] = ['all', 'exists', 'exists_one', 'filter', 'map'];

function refuseCost(ast: ASTNode): string | undefined {
  for (const [name, why] of Object.entries(refusedCalls)) {
    if (deepest(ast, (node) => isCallOf(node, name)) > 0) {
      return `${name} is not accepted, because ${why}`;
    }
  }
  if (deepest(ast, isLoop) > mostLoops) {
    return `has one of ${loops.join(', ')} within another`;
  }
  return undefined;
}

/** How many nodes of this sort stand within each other, at most. */
function deepest(node: unknown, isCounted: (node: ASTNode) => boolean): number {
  if (Array.isArray(node)) return Math.max(0, ...node.map((each) => deepest(each, isCounted)));
  if (!isNode(node)) return 0;
  return (isCounted(node) ? 1 : 0) + deepest(node.args, isCounted);
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

function isLoop(node: ASTNode): boolean {
  return node.op === 'rcall' && loops.includes(node.args[0]);
}

function isCallOf(node: ASTNode, name: string): boolean {
  return (node.op === 'rcall' || node.op === 'call') && node.args[0] === name;
}

/** Temporal's payloads take no BigInt, and a Duration or a Map would not come out as it went in. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return plainNumber(Number(value));
  if (typeof value === 'number') return plainNumber(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new Error('the result is no text, number, list or mapping');
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

function plainNumber(value: number): number {
  if (Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
  throw new Error('the result is not a number that can be used');
}

function messageOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'summary' in error) {
    return String(error.summary);
  }
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
