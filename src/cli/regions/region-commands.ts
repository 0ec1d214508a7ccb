import { Option } from 'commander';
import type { PlanOf } from '../plans/given-plan.ts';
import type { PlanCommand } from '../plans/plan-command.ts';

/** A plan of what moves together is the spec of its failover. */
export const regionPlan: PlanOf = {
  kind: 'regionFailover',
  spec: 'the failover of a region',
  ofRun: [],
};

const dryRun = new Option('--dry-run', 'print what would be done; does nothing');

export const regionCommands: readonly PlanCommand[] = [
  {
    name: 'failover',
    kind: 'regionFailover',
    summary: 'let another region take over from one that is lost',
    description:
      'Confirm by several witnesses that a region is lost, show what would be lost with it, and once ' +
      'that is approved move databases, services and names to the other region.',
    options: [dryRun],
    examples: [
      'belay region failover -f examples/region/shop.yaml --dry-run',
      'belay region failover -f examples/region/shop.yaml --watch --why "west is dark"',
    ],
  },
  {
    name: 'failback',
    kind: 'regionFailback',
    summary: 'move back to the region that was lost, and lose nothing',
    description:
      'Move databases back by switchovers, with services and names, once all witnesses reach the region again and ' +
      'its standbys stream.',
    options: [dryRun],
    examples: ['belay region failback -f examples/region/shop.yaml --watch'],
  },
];
