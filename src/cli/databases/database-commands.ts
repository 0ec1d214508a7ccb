import { Option } from 'commander';
import type { PlanOf } from '../plans/given-plan.ts';
import type { PlanCommand } from '../plans/plan-command.ts';

/** A plan of a database is the spec of its watch. */
export const databasePlan: PlanOf = {
  kind: 'databaseWatch',
  spec: 'the watch of a database',
  ofRun: [],
};

/** What is recovered to a point in time has a file of its own: it says what is good. */
export const recoveryPlan: PlanOf = {
  kind: 'pointInTimeRecovery',
  spec: 'a recovery to a point in time',
  ofRun: [],
};

const to = new Option(
  '--to <node>',
  'which standby, or instance of CloudNativePG (default: the one that has received most)',
);
const dryRun = new Option('--dry-run', 'print what would be done; does nothing');

export const databaseCommands: readonly PlanCommand[] = [
  {
    name: 'watch',
    kind: 'databaseWatch',
    summary: 'watch a primary, and fail over by itself where the plan says so',
    description:
      'Watch the primary of a database from everywhere, until somebody stops it. Where the plan says ' +
      'automatic: true, a primary that is down by agreement is failed over.',
    options: [],
    examples: ['belay database watch -f examples/database/shop.yaml'],
  },
  {
    name: 'failover',
    kind: 'failover',
    summary: 'promote a standby in place of a primary that is down',
    description:
      'Confirm that the primary is down, fence it, promote the standby that has received most, and ' +
      'prove that it takes writes. What would be lost beyond the plan needs an approval.',
    options: [
      to,
      new Option('--from <node>', 'which node is the primary (default: the nodes are asked)'),
      new Option('--even-if-up', 'also where the primary still answers'),
      dryRun,
    ],
    examples: [
      'belay database failover -f examples/database/shop.yaml --dry-run',
      'belay database failover -f examples/database/shop.yaml --watch --why "db-1 burns"',
    ],
  },
  {
    name: 'switchover',
    kind: 'switchover',
    summary: 'let a standby take over from a primary that is up, and lose nothing',
    description:
      'Shut the primary down cleanly, wait until the standby has replayed its log to the end, promote ' +
      'it, and make the former primary its standby.',
    options: [to, dryRun],
    examples: ['belay database switchover -f examples/database/shop.yaml --to db-2 --watch'],
  },
  {
    name: 'rejoin',
    kind: 'rejoin',
    summary: 'make a node a standby of the primary again',
    description:
      'Make a node that is fenced, stopped or broken a standby that streams: by a start where that is ' +
      'enough, else by a rewind, else by a copy. It is never started as a primary on the way.',
    options: [
      new Option('--node <node>', 'which node').makeOptionMandatory(),
      new Option('--method <method>', 'how (default: the cheapest that is enough)').choices([
        'auto',
        'start',
        'rewind',
        'copy',
      ]),
      dryRun,
    ],
    examples: ['belay database rejoin -f examples/database/shop.yaml --node db-1 --watch'],
  },
  {
    name: 'fence',
    kind: 'fence',
    summary: 'fence a former primary as soon as its host can be asked',
    description:
      'Keep a node from taking writes while another one is the primary. Where its host is away, this ' +
      'waits for it: its agent fences the server before it does anything else. A standby is left as it is.',
    options: [new Option('--node <node>', 'which node').makeOptionMandatory(), dryRun],
    examples: ['belay database fence -f examples/database/shop.yaml --node db-1'],
  },
];

export const recoverCommand: PlanCommand = {
  name: 'recover',
  kind: 'pointInTimeRecovery',
  summary: 'go back to the last moment at which a database was good',
  description:
    'Search the archived log of a database for the transaction that made it bad, by a check on copies ' +
    'that are replayed step by step, and restore it to just before that: beside, or in its place once ' +
    'the loss was approved.',
  options: [dryRun],
  examples: [
    'belay database recover -f examples/database/recover-shop.yaml --dry-run',
    'belay database recover -f examples/database/recover-shop.yaml --watch --why "orders are lost"',
  ],
};
