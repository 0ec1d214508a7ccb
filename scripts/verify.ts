/**
 * All checks that a change must pass. Static checks and tests of units run beside those on Kubernetes;
 * those that start many processes, or wait for faults on time, run last, alone. Stops after the first failure; with
 * --keep-going it runs everything and counts each failed check as a failure.
 */
import { performance } from 'node:perf_hooks';
import { runCommand } from './checks/run-command.ts';
import { runVitest, type TestRun } from './checks/run-vitest.ts';
import { summarize } from './checks/summarize.ts';
import { addTallies, formatTally, foundTests, isGood, type Tally } from './checks/tally.ts';

const nothing: Tally = { passed: 0, failed: 0, skipped: 0 };
const cache = 'node_modules/.cache/belay';

interface Step {
  name: string;
  run: () => Promise<TestRun>;
}

const staticChecks: Step[] = [
  check('lock file', ['npm', 'ci', '--dry-run', '--ignore-scripts', '--loglevel=error']),
  check('format', [
    'prettier',
    '--check',
    '--log-level=warn',
    '--cache',
    `--cache-location=${cache}/prettier`,
    '.',
  ]),
  check('types', compile('tsconfig.json', 'types')),
  check('workflow types', compile('workflows/tsconfig.json', 'workflow-types')),
  check('boundaries', ['node', '--import', 'tsx', 'scripts/check-boundaries.ts']),
  check('unused code', ['knip']),
  check('lint', ['npm', 'run', '--silent', 'lint']),
];
const lanes: Step[][] = [
  [
    check('build', ['scripts/build', '--if-changed']),
    ...staticChecks,
    tests('replay'),
    tests('shared'),
    tests('unit'),
  ],
  [tests('kubernetes')],
];
const alone: Step[] = [tests('e2e'), tests('crowded')];

const keepGoing = process.argv.includes('--keep-going');
const startedMs = performance.now();
const outcomes: string[] = [];
const runs: TestRun[] = [];
let ok = true;

await Promise.all(lanes.map(runInOrder));
await runInOrder(alone);

const page = summarize({
  failed: runs.flatMap(({ failed }) => failed),
  retried: runs.flatMap(({ retried }) => retried),
  skipped: runs.flatMap(({ skipped }) => skipped),
  files: runs.flatMap(({ files }) => files),
});
const refused: Tally = { ...nothing, failed: page.refusedSkips };
const total = runs.map(({ tally }) => tally).reduce(addTallies, refused);
console.log(
  [
    ...page.lines,
    '',
    ...outcomes,
    `Everything took ${seconds(startedMs)}`,
    formatTally(total),
  ].join('\n'),
);
if (!isGood(total)) process.exitCode = 1;

async function runInOrder(steps: Step[]): Promise<void> {
  for (const { name, run } of steps) {
    if (!ok && !keepGoing) return;
    console.log(`▸ ${name}`);
    const stepStartedMs = performance.now();
    const result = await run();
    runs.push(result);
    const passed = result.tally.failed === 0;
    ok &&= passed;
    outcomes.push(`${passed ? '✓' : '✗'} ${name} (${seconds(stepStartedMs)})`);
    console.log(outcomes.at(-1));
  }
}

function check(name: string, command: readonly [string, ...string[]]): Step {
  return {
    name,
    run: async () => {
      const passed = await runCommand(command, { label: name });
      return {
        tally: passed ? nothing : { ...nothing, failed: 1 },
        failed: passed ? [] : [`${name}: ${command.join(' ')}`],
        retried: [],
        skipped: [],
        files: [],
      };
    },
  };
}

function tests(project: string): Step {
  return {
    name: `${project} tests`,
    run: async () => {
      const result = await runVitest(['--project', project], { label: project });
      const { tally } = result;
      const failed = foundTests(tally) ? tally.failed : Math.max(tally.failed, 1);
      return { ...result, tally: { ...tally, failed } };
    },
  };
}

function compile(project: string, name: string): [string, ...string[]] {
  return [
    'tsc',
    '-p',
    project,
    '--incremental',
    '--tsBuildInfoFile',
    `${cache}/${name}.tsbuildinfo`,
  ];
}

function seconds(sinceMs: number): string {
  return `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`;
}
