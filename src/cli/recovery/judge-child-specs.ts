import { kindNamed, kinds } from '../../kinds/registry.ts';
import { isMapping } from '../../specs/kernel/finding.ts';
import { showGiven } from '../../specs/kernel/given.ts';
import { offerKnown } from '../../specs/kernel/known-keys.ts';
import type { SpecProblem } from '../../specs/kernel/spec-problem.ts';
import { resolveSpecOf } from '../../specs/registry.ts';

/**
 * What is wrong with the runs that a playbook starts, as far as its file says it: what an expression
 * gives is known only when the step is carried out.
 */
export function judgeChildSpecs(playbook: Readonly<Record<string, unknown>>): SpecProblem[] {
  return [
    ...judgeSteps(playbook['steps'], 'steps'),
    ...entriesOf(playbook['includes']).flatMap(([name, included]) =>
      isMapping(included) ? judgeSteps(included['steps'], `includes.${name}.steps`) : [],
    ),
  ];
}

function judgeSteps(steps: unknown, path: string): SpecProblem[] {
  if (!Array.isArray(steps)) return [];
  return steps.flatMap((step: unknown, index) => {
    if (!isMapping(step)) return [];
    const at = `${path}[${index}]`;
    return [
      ...judgeSteps(step['parallel'], `${at}.parallel`),
      ...(step['action'] === 'belay.run' ? judgeRun(step['with'], `${at}.with`) : []),
    ];
  });
}

function judgeRun(given: unknown, path: string): SpecProblem[] {
  if (!isMapping(given)) return [];
  const { kind, spec } = given;
  // What is no text or no mapping is refused as an input of the step.
  if (typeof kind !== 'string' || hasExpression(kind)) return [];
  const known = kindNamed(kind);
  if (known === undefined) {
    const names = kinds.map((each) => each.kind);
    const message = `${showGiven(kind)} is no kind of run; ${offerKnown(kind, names)}`;
    return [{ path: `${path}.kind`, message }];
  }
  if (!isMapping(spec)) return [];
  const resolution = resolveSpecOf(kind, { ...spec, kind });
  if (resolution === undefined || resolution.ok) return [];
  return resolution.problems
    .filter((problem) => !hasExpression(valueAt(spec, problem.path)))
    .map((problem) => ({
      path: problem.path === '' ? `${path}.spec` : join(`${path}.spec`, problem.path),
      message: problem.message,
    }));
}

function join(above: string, path: string): string {
  return path.startsWith('[') ? above + path : `${above}.${path}`;
}

function hasExpression(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('${');
  return entriesOf(value).some(([, each]) => hasExpression(each));
}

function entriesOf(value: unknown): [string, unknown][] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

const part = /\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g;

function valueAt(value: unknown, path: string): unknown {
  let found = value;
  for (const [, quoted, index, plain] of path.matchAll(part)) {
    const key = quoted ?? index ?? plain ?? '';
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}
