import type { AnyKind } from '../../kinds/kind.ts';
import { isMapping } from '../../specs/kernel/finding.ts';
import { parseSpecText } from '../../specs/kernel/parse-text.ts';
import { formatProblems } from '../../specs/kernel/problems.ts';
import type { SpecProblem } from '../../specs/kernel/spec-problem.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import type { RunRegistry } from '../registry.ts';
import type { GivenRun } from '../runs/given-run.ts';

/** The text of a plan: a spec that runs of other kinds carry whole. */
export interface PlanFile {
  text: string;
  file: string;
}

/** What the spec of a plan is called, and which of its keys are those of a run about it. */
export interface PlanOf {
  kind: string;
  /** As in "a plan is the spec of ...". */
  spec: string;
  ofRun: readonly string[];
}

export type Written = Readonly<Record<string, unknown>>;

/** A run of this kind about the plan of a file; a bad one ends the command with every problem. */
export function readGivenPlan(
  { text, file }: PlanFile,
  { of, kind: kindName }: { of: PlanOf; kind: string },
  more: Written,
  { kinds, resolveSpec }: RunRegistry,
): GivenRun {
  const parsed = parseSpecText(text, file);
  const source = file === '-' ? 'stdin' : file;
  if (!parsed.ok) throw refusal(parsed.problems, source);
  const { input, lineOf } = parsed;
  const { schedule: _, ...plan } = isMapping(input) ? input : { given: input };
  if (plan['kind'] !== of.kind) throw refusal([noPlan(of, plan['kind'])], source, lineOf);

  const kind = kindNamed(kindName, kinds);
  const asWritten = kindName === of.kind ? { ...plan, ...more } : asRunOf(of, kindName, plan, more);
  const resolution = resolveSpec(kindName, asWritten);
  if (resolution === undefined) throw new Error(`There is no spec of kind ${kindName}`);
  if (!resolution.ok) {
    const problems = resolution.problems.map((problem) => asInFile(problem, more));
    throw refusal(problems, source, lineOf);
  }
  const { spec } = resolution;
  return { kind, spec, asWritten, subject: kind.subject(spec as never) };
}

/** What a plan says of the part that it is about means a run of any kind. */
function asRunOf({ ofRun }: PlanOf, kind: string, given: Written, more: Written): Written {
  const isOfRun = ([key]: [string, unknown]) => ofRun.includes(key);
  const keys = Object.entries(given);
  const plan = Object.fromEntries(keys.filter((each) => !isOfRun(each)));
  return { kind, plan, ...Object.fromEntries(keys.filter(isOfRun)), ...more };
}

function kindNamed(name: string, kinds: readonly AnyKind[]): AnyKind {
  const kind = kinds.find((each) => each.kind === name);
  if (kind === undefined) throw new Error(`There is no kind ${name}`);
  return kind;
}

function noPlan({ kind, spec }: PlanOf, given: unknown): SpecProblem {
  const found = typeof given === 'string' ? `is ${given}, and` : 'is missing, and';
  return { path: 'kind', message: `${found} a plan is the spec of ${spec}; write kind: ${kind}` };
}

/** The plan is the whole file; what was typed is an option. */
function asInFile({ path, message }: SpecProblem, typed: Written): SpecProblem {
  if (Object.hasOwn(typed, path)) return { path: `--${optionOf(path)}`, message };
  return { path: path.replace(/^plan\.?/, ''), message };
}

const optionNames: Readonly<Record<string, string>> = {
  to: 'to-time',
  intoNamespaces: 'into-namespace',
};

function optionOf(key: string): string {
  return optionNames[key] ?? key.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`);
}

function refusal(
  problems: SpecProblem[],
  source: string,
  lineOf?: (path: string) => number | undefined,
): CliFailure {
  const lineInFile = (path: string) => (path.startsWith('--') ? undefined : lineOf?.(path));
  const text = formatProblems(problems, { source, lineOf: lineInFile });
  return new CliFailure(exitCodes.badInput, text);
}
