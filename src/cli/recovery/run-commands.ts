import { Command, Option } from 'commander';
import type { AnyKind } from '../../kinds/kind.ts';
import { recoveryKinds } from '../../kinds/recovery.ts';
import { showDryRun } from '../plans/show-dry-run.ts';
import { examples } from '../commands/named-service.ts';
import { commandsOf } from '../families/families.ts';
import type { RunRegistry } from '../registry.ts';
import type { GivenRun } from '../runs/given-run.ts';
import { readPlaybookFile } from './read-playbook.ts';

interface RunOptions {
  file: string;
  input?: string[];
  ungraceful?: boolean;
  dryRun?: boolean;
  watch?: boolean;
  why?: string;
  as?: string;
  json?: boolean;
}

export function createRunCommand(registry: RunRegistry): Command {
  return withFile(new Command('run'))
    .summary('run a playbook')
    .description(
      'Run the playbook of a file. It needs a value for each of its inputs. Where a step fails, it ' +
        'waits for retry, skip, give-up or abort, unless it says onFailure: undo.',
    )
    .addOption(new Option('--dry-run', 'run its probes and checks, and print what it would do'))
    .addOption(new Option('-w, --watch', 'follow it until it ends; exits with 0 if it succeeds'))
    .addOption(new Option('--why <text>', 'recorded with the run'))
    .addOption(new Option('--as <name>', 'who is acting (default: user@host)'))
    .addHelpText(
      'after',
      examples(
        'belay playbook run -f complete-outage.yaml --input service=shop --watch',
        'belay playbook run -f complete-outage.yaml --input service=shop --dry-run',
      ),
    )
    .action((options: RunOptions) => start(options, registry));
}

export function createPlanCommand(registry: RunRegistry): Command {
  return withFile(new Command('plan'))
    .summary('print what a playbook would do')
    .description(
      'Run the probes of a playbook and the checks of its actions, print its steps and what would ' +
        'keep it from being run, and change nothing. Exits with 1 if it could not be run now.',
    )
    .addOption(new Option('--as <name>', 'who is acting (default: user@host)'))
    .addHelpText(
      'after',
      examples('belay playbook plan -f complete-outage.yaml --input service=shop'),
    )
    .action((options: RunOptions) => start({ ...options, dryRun: true }, registry));
}

export function withFile(command: Command): Command {
  return command
    .addOption(
      new Option(
        '-f, --file <playbook>',
        'YAML, or JSON if named so; - reads stdin',
      ).makeOptionMandatory(),
    )
    .addOption(
      new Option('-i, --input <name=value>', 'a value of an input; repeatable').argParser(collect),
    )
    .addOption(new Option('--ungraceful', 'take the steps of the mode ungraceful'))
    .addOption(new Option('--json', 'print the answer as JSON'));
}

function collect(text: string, before: string[] = []): string[] {
  return [...before, text];
}

async function start(
  { file, input, ungraceful, dryRun, ...more }: RunOptions,
  registry: RunRegistry,
): Promise<void> {
  const { asWritten, spec } = await readPlaybookFile(file, {
    ...(input !== undefined && { inputs: input }),
    ...(ungraceful && { ungraceful }),
    isRun: true,
  });
  const kind: AnyKind = recoveryKinds.playbook;
  const given: GivenRun = {
    ...{ kind, spec, subject: recoveryKinds.playbook.subject(spec) },
    asWritten: dryRun ? { ...asWritten, dryRun: true } : asWritten,
  };
  if (dryRun) {
    await showDryRun(given, { file, ...more });
    return;
  }
  const family = await commandsOf(kind, registry.kinds);
  await family.start(given, { file, ...more });
}
