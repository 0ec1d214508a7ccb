import { Command, Option } from 'commander';
import { incidentSeverities } from '../../kinds/incident-words.ts';
import { recoveryKinds } from '../../kinds/recovery.ts';
import { workflowIdOf } from '../../kinds/locks.ts';
import { isMapping } from '../../specs/kernel/finding.ts';
import { parseSpecText } from '../../specs/kernel/parse-text.ts';
import { formatProblems } from '../../specs/kernel/problems.ts';
import { resolveAgainst } from '../../specs/kernel/resolve.ts';
import type { SpecProblem } from '../../specs/kernel/spec-problem.ts';
import { incidentSchema, type IncidentSpec } from '../../specs/recovery/incident.ts';
import { examples } from '../commands/named-service.ts';
import { readText } from '../commands/spec-file.ts';
import { withConnections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { print, printJson } from '../output.ts';
import { sendDeclaration } from './send-declaration.ts';

interface DeclareOptions {
  file?: string;
  environment?: string;
  name?: string;
  service?: string[];
  severity?: string[];
  summary?: string;
  impactAt?: string;
  detectedAt?: string;
  commander?: string;
  dryRun?: boolean;
  why?: string;
  as?: string;
  json?: boolean;
}

type Written = Record<string, unknown>;

export function createDeclareCommand(): Command {
  return new Command('declare')
    .summary('declare an incident, or join the open one of its name')
    .description(
      'Declare an incident and call people until one acknowledges. If one of this name is open, this ' +
        'joins it; one that was mitigated or resolved begins again. Of several severities the worst counts.',
    )
    .addOption(
      new Option('-f, --file <spec>', 'what is the same every time: YAML, or JSON if named so'),
    )
    .addOption(new Option('-e, --environment <name>', 'where it is'))
    .addOption(new Option('--service <name...>', 'what is affected'))
    .addOption(new Option('--name <name>', 'its name (default: that of the first service)'))
    .addOption(
      new Option(
        '--severity <severity...>',
        `${incidentSeverities.join(', ')}; several where you are not sure (default: sev1)`,
      ),
    )
    .addOption(new Option('--summary <text>', 'what is wrong, in one line'))
    .addOption(new Option('--impact-at <time>', 'when users began to suffer, with its offset'))
    .addOption(new Option('--detected-at <time>', 'when it was seen (default: now)'))
    .addOption(new Option('--commander <name>', 'who decides'))
    .addOption(new Option('--dry-run', 'print what would be declared; declares nothing'))
    .addOption(new Option('--why <text>', 'recorded with the incident'))
    .addOption(new Option('--as <name>', 'who is acting (default: user@host)'))
    .addOption(new Option('--json', 'print the answer as JSON'))
    .addHelpText(
      'after',
      examples(
        'belay incident declare -e prod --service shop --severity sev2 --summary "checkout returns 500"',
        'belay incident declare -f examples/incident/policy.yaml -e prod --service shop --severity sev1 sev2 --summary "slow"',
      ),
    )
    .action((options: DeclareOptions) => declare(options));
}

async function declare(options: DeclareOptions): Promise<void> {
  const { asWritten, spec } = await readDeclaration(options);
  const { json = false } = options;
  if (options.dryRun) {
    const subject = { environment: spec.environment, name: spec.incident };
    const workflowId = workflowIdOf(recoveryKinds.incident, subject);
    if (json) printJson({ kind: 'incident', workflowId, spec });
    else
      print(`The declaration is valid. It would declare or join ${workflowId} as ${spec.severity}`);
    return;
  }
  await withConnections((to) => sendDeclaration({ asWritten, spec }, options, to));
}

async function readDeclaration(
  options: DeclareOptions,
): Promise<{ asWritten: Written; spec: IncidentSpec }> {
  const base = options.file === undefined ? { input: {} } : await readPolicy(options.file);
  const typed = writtenBy(options);
  const { service } = options;
  const asWritten: Written = { ...base.input, ...typed };
  if (asWritten['incident'] === undefined && service !== undefined)
    asWritten['incident'] = service[0];
  const resolution = resolveAgainst(incidentSchema, asWritten);
  if (resolution.ok) return { asWritten, spec: resolution.spec };
  const problems = resolution.problems.map((problem) => asTyped(problem, base.input));
  const source = options.file ?? 'the declaration';
  throw new CliFailure(exitCodes.badInput, formatProblems(problems, { source }));
}

async function readPolicy(file: string): Promise<{ input: Written }> {
  const parsed = parseSpecText(await readText(file), file);
  const source = file === '-' ? 'stdin' : file;
  if (!parsed.ok) {
    throw new CliFailure(exitCodes.badInput, formatProblems(parsed.problems, { source }));
  }
  if (isMapping(parsed.input)) return { input: { ...parsed.input } };
  const problems = [{ path: '', message: 'write a mapping with keys of an incident' }];
  throw new CliFailure(exitCodes.badInput, formatProblems(problems, { source }));
}

function writtenBy(options: DeclareOptions): Written {
  const { environment, name, service, severity, summary, impactAt, detectedAt, commander } =
    options;
  return {
    ...(environment !== undefined && { environment }),
    ...(name !== undefined && { incident: name }),
    ...(service !== undefined && { services: service }),
    ...(severity !== undefined && { severity }),
    ...(summary !== undefined && { summary }),
    ...(impactAt !== undefined && { impactAt }),
    ...(detectedAt !== undefined && { detectedAt }),
    ...(commander !== undefined && { roles: { commander } }),
  };
}

const optionOf: Readonly<Record<string, string>> = {
  environment: '--environment',
  incident: '--name, or --service',
  services: '--service',
  severity: '--severity',
  summary: '--summary',
  impactAt: '--impact-at',
  detectedAt: '--detected-at',
};

/** What is not in the file has to be typed. */
function asTyped({ path, message }: SpecProblem, file: Readonly<Written>): SpecProblem {
  const key = /^\w+/.exec(path)?.[0] ?? '';
  const option = optionOf[key];
  return option === undefined || Object.hasOwn(file, key)
    ? { path, message }
    : { path: option, message };
}
