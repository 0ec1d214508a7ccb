import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import type { Override } from '../../contracts/kernel/change-control.ts';
import { formatProblems } from '../../specs/kernel/problems.ts';
import { resolveSpecText } from '../../specs/rollouts/resolve-text.ts';
import { writtenSpec } from '../../specs/rollouts/written-spec.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import type { GivenSpec } from '../rollouts/deploy-given.ts';

/** Reads a spec from a file, or from stdin for `-`; a bad one ends the command with every problem. */
export async function readSpecFile(file: string): Promise<GivenSpec> {
  const source = file === '-' ? 'stdin' : file;
  const resolution = resolveSpecText(await readText(file), source);
  if (resolution.ok) return { asWritten: writtenSpec(resolution.input), spec: resolution.spec };
  const { problems, lineOf } = resolution;
  throw new CliFailure(
    exitCodes.badInput,
    formatProblems(problems, { source, ...(lineOf && { lineOf }) }),
  );
}

/** The same spec, but it takes the place of an open rollout. */
export function superseding({ asWritten, spec }: GivenSpec): GivenSpec {
  if (spec.kind === 'rollback') {
    throw new CliFailure(
      exitCodes.badInput,
      `A rollback cannot supersede a rollout. Undo the open one with: ` +
        `belay undo ${spec.environment}/${spec.service}`,
    );
  }
  const changes = { supersede: true };
  return { asWritten: { ...asWritten, ...changes }, spec: { ...spec, ...changes } };
}

/** The same spec, but it goes ahead during a freeze. */
export function overriding({ asWritten, spec }: GivenSpec, override: Override): GivenSpec {
  if (spec.kind === 'rollback') {
    throw new CliFailure(
      exitCodes.badInput,
      'No freeze and no error budget refuses a rollback: leave the override out.',
    );
  }
  return { asWritten: { ...asWritten, override }, spec: { ...spec, override } };
}

export async function readText(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CliFailure(exitCodes.badInput, `Cannot read the spec: ${why}`, { cause });
  }
}
