import { Command, Option } from 'commander';
import { commandsOf } from '../families/families.ts';
import { readText } from '../commands/spec-file.ts';
import { examples } from '../commands/named-service.ts';
import type { RunRegistry } from '../registry.ts';
import { readGivenPlan, type PlanOf, type Written } from './given-plan.ts';
import { showDryRun } from './show-dry-run.ts';

/** A command that starts a run about a plan. */
export interface PlanCommand {
  name: string;
  kind: string;
  summary: string;
  description: string;
  options: readonly Option[];
  examples: readonly string[];
}

interface StartingOptions {
  file: string;
  watch?: boolean;
  why?: string;
  as?: string;
  json?: boolean;
}

/** What is left of the options are keys of the spec. */
type PlanOptions = StartingOptions & Readonly<Record<string, unknown>>;

export function createPlanCommand(
  definition: PlanCommand,
  of: PlanOf,
  registry: RunRegistry,
): Command {
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
    .action((options: PlanOptions) => startPlanned(definition, of, options, registry));
}

async function startPlanned(
  { kind }: PlanCommand,
  of: PlanOf,
  { file, watch, why, as, json, ...asked }: PlanOptions,
  registry: RunRegistry,
): Promise<void> {
  const text = await readText(file);
  const given = readGivenPlan({ text, file }, { of, kind }, specKeys(asked), registry);
  const options = {
    file,
    ...(watch && { watch }),
    ...(why !== undefined && { why }),
    ...(as !== undefined && { as }),
    ...(json && { json }),
  };
  if (given.asWritten['dryRun'] === true) {
    await showDryRun(given, options);
    return;
  }
  const family = await commandsOf(given.kind, registry.kinds);
  await family.start(given, options);
}

/** Options that are called otherwise in a spec, or say what is the case anyway. */
function specKeys({ toTime: to, plan, safetyCopy, intoNamespace, ...asked }: Written): Written {
  return {
    ...asked,
    ...(to !== undefined && { to }),
    ...(plan === true && { dryRun: true }),
    ...(safetyCopy === false && { safetyCopy }),
    ...(intoNamespace !== undefined && { intoNamespaces: intoNamespace }),
  };
}
