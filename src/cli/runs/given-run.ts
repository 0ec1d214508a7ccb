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

export type GivenResolution =
  | { ok: true; given: GivenRun }
  | { ok: false; problems: SpecProblem[]; lineOf?: (path: string) => number | undefined };

/** Reads the spec of a run of any kind, as its `kind` says; a bad one ends the command with every problem. */
export function readGivenRun(
  text: string,
  file: string,
  registry: RunRegistry,
  checkBeside?: CheckBeside,
): GivenRun {
  const resolution = resolveGivenRun(text, file, registry, checkBeside);
  if (resolution.ok) return resolution.given;
  throw new CliFailure(exitCodes.badInput, describeProblems(file, resolution));
}

export function describeProblems(
  file: string,
  { problems, lineOf }: Extract<GivenResolution, { ok: false }>,
): string {
  const source = file === '-' ? 'stdin' : file;
  return formatProblems(problems, { source, ...(lineOf && { lineOf }) });
}

/** The run that a text describes, or every problem it has and the lines they are on. */
export function resolveGivenRun(
  text: string,
  file: string,
  registry: RunRegistry,
  checkBeside?: CheckBeside,
): GivenResolution {
  const parsed = parseSpecText(text, file);
  if (!parsed.ok) return parsed;
  const { input, lineOf } = parsed;
  const resolution = resolveInput(input, registry, checkBeside);
  return resolution.ok ? resolution : { ...resolution, lineOf };
}

/** The run of a spec that was started before; one that is not valid any more ends the command. */
export function givenAgain(input: unknown, registry: RunRegistry): GivenRun {
  const resolution = resolveInput(input, registry);
  if (resolution.ok) return resolution.given;
  const source = { source: 'the spec of the last run' };
  throw new CliFailure(exitCodes.badInput, formatProblems(resolution.problems, source));
}

function resolveInput(
  input: unknown,
  { kinds, resolveSpec }: RunRegistry,
  checkBeside?: CheckBeside,
): GivenResolution {
  const message = refuseInput(input);
  if (message !== undefined || !isMapping(input)) {
    return { ok: false, problems: [{ path: '', message: message ?? 'write a mapping' }] };
  }
  const kind = kinds.find((each) => each.kind === input['kind']);
  if (kind === undefined) return { ok: false, problems: [unknownKind(input, kinds)] };
  const { schedule, ...rest } = input;
  const asWritten = kind.schedulable || checkBeside ? rest : input;
  const resolution = resolveSpec(kind.kind, asWritten);
  const problems = [
    ...(resolution?.ok === false ? resolution.problems : []),
    ...(checkBeside?.(input, kind) ?? []),
  ];
  if (!resolution?.ok || problems.length > 0) return { ok: false, problems };
  const { spec } = resolution;
  const given = {
    ...{ kind, spec, asWritten },
    subject: kind.subject(spec as never),
    ...(kind.schedulable && schedule !== undefined && { schedule }),
  };
  return { ok: true, given };
}

function unknownKind(
  { kind: given }: Readonly<Record<string, unknown>>,
  kinds: readonly AnyKind[],
): SpecProblem {
  const accepted = offerKnown(
    given,
    kinds.map(({ kind }) => kind),
  );
  return { path: 'kind', message: refusal(accepted, 'is no kind of run')({ input: given }) };
}
