import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { Argument, Command } from 'commander';
import { anySpecJsonSchema, describedKinds, specJsonSchema } from '../../specs/json-schema.ts';
import { formatProblems } from '../../specs/kernel/problems.ts';
import { resolveSchedule } from '../../specs/kernel/resolve-schedule.ts';
import { exitCodes } from '../failure.ts';
import type { RunRegistry } from '../registry.ts';
import { resolveGivenRun, type CheckBeside, type GivenResolution } from '../runs/given-run.ts';
import { print, printJson } from '../output.ts';
import { examples } from './named-service.ts';

interface CheckedFile {
  file: string;
  resolution: GivenResolution;
}

export function createSpecCommand(registry: RunRegistry): Command {
  return new Command('spec')
    .summary('check spec files, print their JSON schema')
    .description('Check spec files before anything runs, and help editors to complete them.')
    .addCommand(createCheckCommand(registry))
    .addCommand(createSchemaCommand());
}

function createCheckCommand(registry: RunRegistry): Command {
  return new Command('check')
    .description('List every problem of these files. Starts nothing, needs no server.')
    .argument('<file...>', 'YAML, or JSON if named so; - reads stdin')
    .option('--json', 'print the findings, and each valid spec with its defaults, as JSON')
    .addHelpText(
      'after',
      examples('belay spec check canary.yaml', 'belay spec check *.yaml --json'),
    )
    .action(async (files: string[], { json }: { json?: boolean }) => {
      const checked = await Promise.all(files.map((file) => checkFile(file, registry)));
      if (json) printJson(checked.map(toJson));
      else checked.forEach((file) => print(describe(file)));
      if (checked.some(({ resolution }) => !resolution.ok)) process.exitCode = exitCodes.badInput;
    });
}

function createSchemaCommand(): Command {
  return new Command('schema')
    .description('Print the JSON schema of specs of one kind or any, for editors.')
    .addArgument(new Argument('[kind]', 'only of this kind; default: any').choices(describedKinds))
    .addHelpText('after', examples('belay spec schema blueGreen > blueGreen.schema.json'))
    .action((kind?: string) => printJson(kind ? specJsonSchema(kind) : anySpecJsonSchema()));
}

async function checkFile(file: string, registry: RunRegistry): Promise<CheckedFile> {
  try {
    return {
      file,
      resolution: resolveGivenRun(await readText(file), file, registry, checkSchedule),
    };
  } catch (error) {
    const message = `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
    return { file, resolution: { ok: false, problems: [{ path: '', message }] } };
  }
}

/** Of a kind that may not be scheduled it is a key that nobody knows. */
const checkSchedule: CheckBeside = ({ schedule }, { schedulable }) => {
  if (schedule === undefined) return [];
  const resolution = schedulable ? resolveSchedule(schedule) : unscheduled;
  return resolution.ok ? [] : resolution.problems;
};

const unscheduled = {
  ok: false as const,
  problems: [{ path: 'schedule', message: 'this kind of run may not be scheduled; leave it out' }],
};

function readText(file: string): Promise<string> {
  return file === '-' ? text(process.stdin) : readFile(file, 'utf8');
}

function describe({ file, resolution }: CheckedFile): string {
  if (!resolution.ok) return formatProblems(resolution.problems, { source: file, ...resolution });
  const { kind, subject } = resolution.given;
  return `${file}: ok (${kind.kind} of ${subject.environment}/${subject.name})`;
}

function toJson({ file, resolution }: CheckedFile): object {
  if (resolution.ok) return { file, ok: true, spec: resolution.given.spec };
  const { problems, lineOf } = resolution;
  return {
    file,
    ok: false,
    problems: problems.map((problem) => ({ ...problem, line: lineOf?.(problem.path) })),
  };
}
