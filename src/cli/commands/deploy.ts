import { Command, Option } from 'commander';
import { deployGiven, type DeployGivenOptions, type GivenSpec } from '../rollouts/deploy-given.ts';
import { examples } from './named-service.ts';
import { overriding, readSpecFile, superseding } from './spec-file.ts';
import { actingPerson } from '../acting-person.ts';
import { CliFailure, exitCodes } from '../failure.ts';

interface DeployOptions extends DeployGivenOptions {
  supersede?: boolean;
  overrideFreeze?: boolean;
  overrideBudget?: boolean;
}

export function createDeployCommand(): Command {
  return new Command('deploy')
    .summary('start a rollout from a spec')
    .description(
      'Start the rollout that a spec describes: a canary, blue-green, rolling or recreate ' +
        'deployment, or a rollback, as its kind says. One rollout at a time may change a service: if ' +
        'one is open this is refused (exit code 4), unless the new one may supersede it.',
    )
    .addOption(
      new Option(
        '-f, --file <spec>',
        'YAML, or JSON if named so; - reads stdin',
      ).makeOptionMandatory(),
    )
    .addOption(new Option('-w, --watch', 'follow it until it ends; exits with 0 if promoted'))
    .addOption(new Option('--dry-run', 'print what it would do, step by step; starts nothing'))
    .addOption(new Option('--supersede', 'undo the open rollout of the service and take its place'))
    .addOption(
      new Option('--override-freeze', 'go ahead during a freeze; needs --why, which is recorded'),
    )
    .addOption(
      new Option(
        '--override-budget',
        'go ahead although an error budget is empty; needs --why, which is recorded',
      ),
    )
    .addOption(new Option('--why <text>', 'recorded with the rollout'))
    .addOption(new Option('--as <name>', 'who is acting (default: user@host)'))
    .addOption(new Option('--json', 'print the answer as JSON'))
    .addHelpText(
      'after',
      examples(
        'belay deploy -f examples/canary.yaml --dry-run',
        'belay deploy -f examples/canary.yaml --watch',
        'belay deploy -f examples/kubernetes/blue-green.yaml --dry-run',
        'belay deploy -f hotfix.yaml --supersede --why "the open one has the bug"',
        'belay deploy -f hotfix.yaml --override-freeze --why "checkout is down"',
      ),
    )
    .action(deploy);
}

async function deploy({ file, ...options }: DeployOptions): Promise<void> {
  const given = await readSpecFile(file);
  await deployGiven(asOptionsSay(given, options), { file, ...options });
}

function asOptionsSay(given: GivenSpec, options: Omit<DeployOptions, 'file'>): GivenSpec {
  const { supersede, overrideFreeze, overrideBudget, why, as } = options;
  const spec = supersede ? superseding(given) : given;
  if (!overrideFreeze && !overrideBudget) return spec;
  if (why === undefined) {
    throw new CliFailure(
      exitCodes.badInput,
      overrideFreeze
        ? '--override-freeze needs --why: who overrides a freeze, and why, is recorded.'
        : '--override-budget needs --why: who overrides an empty budget, and why, is recorded.',
    );
  }
  return overriding(spec, { by: actingPerson(as), why });
}
