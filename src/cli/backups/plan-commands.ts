import { InvalidArgumentError, Option, type Command } from 'commander';
import { setTypes } from '../../contracts/backups/backup-set.ts';
import type { Written } from '../plans/given-plan.ts';
import { createPlanCommand, type PlanCommand } from '../plans/plan-command.ts';
import type { LazyRunRegistry } from '../registry.ts';
import { backupPlan } from './backup-plan.ts';

const component = new Option('--component <name>', 'only this component');
const repository = new Option('--repository <name>', 'only this repository');
const agent = new Option('--agent <name>', 'the agent that restores (default: that of the source)');
const set = new Option('--set <label>', 'from this set (default: the one that the time needs)');
const toTime = (usual: string) =>
  new Option(
    '--to-time <time>',
    `up to where: latest, set, or a time with its offset (default: ${usual})`,
  );

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
  {
    name: 'verify',
    kind: 'backupVerification',
    summary: 'read sets back',
    description:
      'Read the newest set of each repository back. Verified only if all of it is sound and new ' +
      'enough; otherwise Damaged, Outdated or Failed, and exit code 1.',
    options: [
      component,
      repository,
      new Option('--sets <which>', 'which sets (default: the newest)').choices(['newest', 'all']),
      new Option('--extent <part>', 'all, or a percentage such as 10% (default: as the plan says)'),
      new Option('--max-age <duration>', 'the newest set may not be older'),
    ],
    examples: [
      'belay backup verify -f plan.yaml --watch',
      'belay backup verify -f plan.yaml --sets all',
    ],
  },
  {
    name: 'expire',
    kind: 'backupRetention',
    summary: 'expire what the retention of a plan does not keep',
    description:
      'Expire the sets that no rule of the plan keeps. --dry-run prints every set, whether it is ' +
      'kept, and why; it expires nothing.',
    options: [
      component,
      repository,
      new Option('--dry-run', 'print what would expire, and why; expires nothing'),
    ],
    examples: [
      'belay backup expire -f plan.yaml --dry-run',
      'belay backup expire -f plan.yaml --watch',
    ],
  },
  {
    name: 'replicate',
    kind: 'backupReplication',
    summary: 'copy what the second repositories lack',
    description:
      'Copy every set that the second repository of a component lacks, and prove it equal. Nothing is ' +
      'deleted there.',
    options: [component],
    examples: ['belay backup replicate -f plan.yaml --watch'],
  },
  {
    name: 'drill',
    kind: 'restoreDrill',
    summary: 'restore a copy, prove it, and remove it',
    description:
      'Restore a copy beside the source or on another agent, prove it, measure how long that took ' +
      'against the objectives, and remove it. Exits with 0 only if it is Proven.',
    options: [component, repository, toTime('chosen at random'), set, agent],
    examples: [
      'belay backup drill -f plan.yaml --watch',
      'belay backup drill -f plan.yaml --component database --to-time 2026-12-24T17:00Z',
    ],
  },
  {
    name: 'restore',
    kind: 'restore',
    summary: 'restore everything, a component, or a moment',
    description:
      'Restore beside the source, and prove it. With --in-place, afterwards over the source: after an ' +
      'approval, and with a safety copy that is put back if it fails. A database that runs is stopped ' +
      'only with --stop; it is started again, and has to take writes.',
    options: [
      component,
      repository,
      toTime('latest'),
      set,
      agent,
      new Option('--in-place', 'also over the source'),
      new Option('--stop', 'with --in-place: stop a database that runs, once it was approved'),
      new Option('--no-safety-copy', 'with --in-place: keep nothing of what is there now'),
      new Option(
        '--into-namespace <from=to...>',
        'objects of Kubernetes into other namespaces, after an approval',
      ).argParser(readMapped),
      new Option('--plan', 'print the set, the log, and what would be lost; restores nothing'),
    ],
    examples: [
      'belay backup restore -f plan.yaml --plan',
      'belay backup restore -f plan.yaml --component database --to-time 2026-12-24T17:00Z --watch',
    ],
  },
];

/** The commands that start a run about a plan. */
export function createPlanCommands(registry: LazyRunRegistry): Command[] {
  return planCommands.map((each) => createPlanCommand(each, backupPlan, registry));
}

function readMapped(written: string, before: Written = {}): Written {
  const [, from, to] = /^([^=]+)=([^=]+)$/.exec(written) ?? [];
  if (from === undefined || to === undefined) {
    throw new InvalidArgumentError('Write FROM=TO, such as shop=shop-restored.');
  }
  return { ...before, [from]: to };
}
