import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isMapping } from '../../specs/kernel/finding.ts';
import { parseSpecText } from '../../specs/kernel/parse-text.ts';
import { formatProblems } from '../../specs/kernel/problems.ts';
import { resolveAgainst, type Resolution } from '../../specs/kernel/resolve.ts';
import type { SpecProblem } from '../../specs/kernel/spec-problem.ts';
import {
  playbookFileSchema,
  playbookSchema,
  type PlaybookSpec,
} from '../../specs/recovery/playbook.ts';
import { readText } from '../commands/spec-file.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { judgeChildSpecs } from './judge-child-specs.ts';
import { typedInputs } from './typed-inputs.ts';

export type Written = Readonly<Record<string, unknown>>;

/** A playbook with everything that it includes, as its run takes it. */
export interface GivenPlaybook {
  asWritten: Written;
  spec: PlaybookSpec;
}

export interface PlaybookFile {
  file: string;
  resolution: Resolution<PlaybookSpec>;
  asWritten: Written;
  lineOf?: (path: string) => number | undefined;
}

/** What is given beside the file. */
export interface GivenBeside {
  /** `service=shop`. */
  inputs?: readonly string[];
  ungraceful?: boolean;
  /** One run is to be started, which needs a value for every input. */
  isRun: boolean;
}

/** A playbook of a file, or the end of the command with every problem of it. */
export async function readPlaybookFile(file: string, given: GivenBeside): Promise<GivenPlaybook> {
  const { resolution, asWritten, lineOf } = await checkPlaybookFile(file, given);
  if (resolution.ok) return { asWritten, spec: resolution.spec };
  const source = { source: file === '-' ? 'stdin' : file, ...(lineOf && { lineOf }) };
  throw new CliFailure(exitCodes.badInput, formatProblems(resolution.problems, source));
}

export async function checkPlaybookFile(
  file: string,
  { inputs = [], ungraceful, isRun }: GivenBeside,
): Promise<PlaybookFile> {
  const parsed = parseSpecText(await readText(file), file);
  if (!parsed.ok) return { file, resolution: parsed, asWritten: {} };
  const { input, lineOf } = parsed;
  if (!isMapping(input) || input['kind'] !== 'playbook') {
    const problems = [{ path: 'kind', message: 'is not that of a playbook; write kind: playbook' }];
    return { file, resolution: { ok: false, problems }, asWritten: {}, lineOf };
  }
  const typed = typedInputs(inputs, input['inputs']);
  const values = isMapping(input['with']) ? input['with'] : {};
  const included = await readIncludes(input, file);
  const asWritten: Written = {
    ...input,
    ...(inputs.length > 0 && { with: { ...values, ...typed.values } }),
    ...(Object.keys(included).length > 0 && { includes: included }),
    ...(ungraceful && { mode: 'ungraceful' }),
  };
  const resolved = resolveAgainst(isRun ? playbookSchema : playbookFileSchema, asWritten);
  const problems: SpecProblem[] = [
    ...typed.problems,
    ...(resolved.ok ? [] : resolved.problems),
    ...judgeChildSpecs(asWritten),
  ];
  const resolution =
    resolved.ok && problems.length === 0 ? resolved : { ok: false as const, problems };
  return { file, resolution, asWritten, lineOf };
}

const deepest = 5;

/** The playbooks that steps use: those of the file itself, and files of that name beside it, with their digests. */
async function readIncludes(playbook: Written, file: string): Promise<Written> {
  const own = isMapping(playbook['includes']) ? playbook['includes'] : {};
  const includes: Record<string, unknown> = { ...own };
  if (file === '-') return includes;
  let open = usedBy(playbook);
  for (let depth = 0; depth < deepest && open.length > 0; depth += 1) {
    const next: string[] = [];
    for (const name of open.filter((each) => !Object.hasOwn(includes, each))) {
      const included = await readIncluded(join(dirname(file), `${name}.yaml`));
      if (included === undefined) continue;
      includes[name] = included;
      next.push(...usedBy(included));
    }
    open = next;
  }
  return includes;
}

function usedBy({ steps }: Written): string[] {
  if (!Array.isArray(steps)) return [];
  return steps.flatMap((step: unknown) => {
    const use = isMapping(step) ? step['use'] : undefined;
    return typeof use === 'string' && /^[\w-]+$/.test(use) ? [use] : [];
  });
}

/** Undefined where there is no such file: the check says which playbook is missing. */
async function readIncluded(path: string): Promise<Written | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return undefined;
  }
  const parsed = parseSpecText(text, path);
  if (!parsed.ok) {
    throw new CliFailure(exitCodes.badInput, formatProblems(parsed.problems, { source: path }));
  }
  const { inputs, steps } = isMapping(parsed.input) ? parsed.input : {};
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { sha256, ...(inputs !== undefined && { inputs }), steps };
}
