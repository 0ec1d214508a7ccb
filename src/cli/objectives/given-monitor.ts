import { isMapping } from '../../specs/kernel/finding.ts';
import { parseSpecText } from '../../specs/kernel/parse-text.ts';
import { formatProblems } from '../../specs/kernel/problems.ts';
import { readText } from '../commands/spec-file.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import type { RunRegistry } from '../registry.ts';
import { resolveGivenRun, type GivenResolution, type GivenRun } from '../runs/given-run.ts';

const wanted = 'sloMonitor';

/** The monitor of a file, or every problem that it has. */
export async function resolveMonitor(
  file: string,
  registry: RunRegistry,
): Promise<GivenResolution> {
  const text = await readText(file);
  const parsed = parseSpecText(text, file);
  const given = parsed.ok && isMapping(parsed.input) ? parsed.input['kind'] : wanted;
  if (given === wanted) return resolveGivenRun(text, file, registry);
  const found = typeof given === 'string' ? `is ${given}` : 'is missing';
  return { ok: false, problems: [{ path: 'kind', message: `${found}; write kind: ${wanted}` }] };
}

/** A bad file ends the command with every problem. */
export async function readMonitor(file: string, registry: RunRegistry): Promise<GivenRun> {
  const resolution = await resolveMonitor(file, registry);
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
