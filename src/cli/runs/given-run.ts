import type { AnyKind, Subject } from '../../kinds/kind.ts';
import { isMapping } from '../../specs/kernel/finding.ts';
import { refusal } from '../../specs/kernel/given.ts';
import { refuseInput } from '../../specs/kernel/input.ts';
import { offerKnown } from '../../specs/kernel/known-keys.ts';
import { parseSpecText } from '../../specs/kernel/parse-text.ts';
import { formatProblems } from '../../specs/kernel/problems.ts';
import type { SpecProblem } from '../../specs/kernel/spec-problem.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import type { RunRegistry } from '../registry.ts';

/** The run that a file describes. */
export interface GivenRun {
  kind: AnyKind;
  subject: Subject;
  /** With its defaults. */
  spec: unknown;
  /** As its author wrote it, which is what every workflow takes. */
  asWritten: Readonly<Record<string, unknown>>;
  /** What stands beside the spec under `schedule`, of a kind that may be scheduled. */
  schedule?: unknown;
}

/** Checks more of a file than its spec; what it finds is reported together with the spec's problems. */
export type CheckBeside = (
  input: Readonly<Record<string, unknown>>,
  kind: AnyKind,
) => SpecProblem[];

/** Reads the spec of a run of any kind, as its `kind` says; a bad one ends the command with every problem. */
export function readGivenRun(
  text: string,
  file: string,
  { kinds, resolveSpec }: RunRegistry,
  checkBeside?: CheckBeside,
): GivenRun {
  const source = file === '-' ? 'stdin' : file;
  const parsed = parseSpecText(text, source);
  if (!parsed.ok) throw refuse(formatProblems(parsed.problems, { source }));
  const { input, lineOf } = parsed;
  const fail = (problems: SpecProblem[]) => refuse(formatProblems(problems, { source, lineOf }));
  const message = refuseInput(input);
  if (message !== undefined || !isMapping(input)) {
    throw fail([{ path: '', message: message ?? 'write a mapping' }]);
  }
  const kind = kinds.find((each) => each.kind === input['kind']);
  if (kind === undefined) {
    const accepted = offerKnown(
      input['kind'],
      kinds.map((each) => each.kind),
    );
    const problem = refusal(accepted, 'is no kind of run')({ input: input['kind'] });
    throw fail([{ path: 'kind', message: problem }]);
  }
  const { schedule, ...rest } = input;
  const asWritten = kind.schedulable || checkBeside ? rest : input;
  const resolution = resolveSpec(kind.kind, asWritten);
  const problems = [
    ...(resolution?.ok === false ? resolution.problems : []),
    ...(checkBeside?.(input, kind) ?? []),
  ];
  if (!resolution?.ok || problems.length > 0) throw fail(problems);
  const { spec } = resolution;
  return {
    ...{ kind, spec, asWritten },
    subject: kind.subject(spec as never),
    ...(kind.schedulable && schedule !== undefined && { schedule }),
  };
}

function refuse(message: string): CliFailure {
  return new CliFailure(exitCodes.badInput, message);
}
