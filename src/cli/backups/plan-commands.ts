import { Command, Option } from 'commander';
import { setTypes } from '../../contracts/backups/backup-set.ts';
import { commandsOf } from '../families/families.ts';
import { readText } from '../commands/spec-file.ts';
import { examples } from '../commands/named-service.ts';
import type { RunRegistry } from '../registry.ts';
import { readGivenPlan } from './given-plan.ts';

interface PlanCommand {
  name: string;
  kind: string;
  summary: string;
  description: string;
  options: readonly Option[];
  examples: readonly string[];
}

interface PlanOptions {
  file: string;
  watch?: boolean;
  why?: string;
  as?: string;
  json?: boolean;
  component?: string;
  repository?: string;
  type?: string;
}

const component = new Option('--component <name>', 'only this component');
const repository = new Option('--repository <name>', 'only this repository');

const planCommands: readonly PlanCommand[] = [
  {
    name: 'run',
    kind: 'backup',
    summary: 'make a backup now',
    description:
      'Make a set of every component of a plan in each of its repositories, and read it back where ' +
      'the plan says so. Complete only if every set is; otherwise Partial or Failed, and exit code 1.',
    options: [
      component,
      repository,
      new Option('--type <type>', 'what kind of set (default: as the plan says)').choices([
        'auto',
        ...setTypes,
      ]),
    ],
    examples: [
      'belay backup run -f examples/backup/files.yaml --watch',
      'belay backup run -f plan.yaml --component database --type full',
    ],
  },
];

/** The commands that start a run about a plan. */
export function createPlanCommands(registry: RunRegistry): Command[] {
  return planCommands.map((each) => createPlanCommand(each, registry));
}

function createPlanCommand(definition: PlanCommand, registry: RunRegistry): Command {
  const command = new Command(definition.name)
    .summary(definition.summary)
    .description(definition.description)
    .addOption(
      new Option(
        '-f, --file <plan>',
        'YAML, or JSON if named so; - reads stdin',
      ).makeOptionMandatory(),
    );
  for (const option of definition.options) command.addOption(option);
  return command
    .addOption(new Option('-w, --watch', 'follow it until it ends; exits with 0 if it succeeds'))
    .addOption(new Option('--why <text>', 'recorded with the run'))
    .addOption(new Option('--as <name>', 'who is acting (default: user@host)'))
    .addOption(new Option('--json', 'print the answer as JSON'))
    .addHelpText('after', examples(...definition.examples))
    .action((options: PlanOptions) => startPlanned(definition, options, registry));
}

async function startPlanned(
  { kind }: PlanCommand,
  { file, watch, why, as, json, ...asked }: PlanOptions,
  registry: RunRegistry,
): Promise<void> {
  const given = readGivenPlan({ text: await readText(file), file }, kind, asked, registry);
  const family = await commandsOf(given.kind, registry.kinds);
  await family.start(given, {
    file,
    ...(watch && { watch }),
    ...(why !== undefined && { why }),
    ...(as !== undefined && { as }),
    ...(json && { json }),
  });
}
