/**
 * All that a change must pass, cheapest first. Stops at the first failure; with --keep-going it
 * runs everything and counts each failed check as a failure.
 */
import { performance } from 'node:perf_hooks';
import { runCommand } from './checks/run-command.ts';
import { runVitest, type TestRun } from './checks/run-vitest.ts';
import { addTallies, formatTally, foundTests, isGood, type Tally } from './checks/tally.ts';

const nothing: Tally = { passed: 0, failed: 0, skipped: 0 };

interface Step {
  name: string;
  run: () => Promise<TestRun>;
}

const steps: Step[] = [
  check('lock file', ['npm', 'ci', '--dry-run', '--ignore-scripts', '--loglevel=error']),
  check('format', ['prettier', '--check', '--log-level', 'warn', '.']),
  check('lint', ['eslint', '.']),
  check('types', ['tsc', '-p', 'tsconfig.json']),
  check('workflow types', ['tsc', '-p', 'workflows/tsconfig.json']),
  check('boundaries', ['node', '--import', 'tsx', 'scripts/check-boundaries.ts']),
  check('unused code', ['knip']),
  check('build and bundle', ['scripts/build']),
  tests('replay of golden histories', ['replay']),
  tests('tests', ['unit', 'e2e', 'crowded']),
  tests('tests on Kubernetes', ['kubernetes']),
];

const keepGoing = process.argv.includes('--keep-going');
const summary: string[] = [];
let total = nothing;
let ok = true;

for (const { name, run } of steps) {
  console.log(`\n▸ ${name}`);
  const startedMs = performance.now();
  const { tally, trouble } = await run();
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  total = addTallies(total, tally);
  ok &&= tally.failed === 0;
  summary.push(`${tally.failed === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
  summary.push(...trouble.map((line) => `    ${line}`));
  console.log(summary.slice(-1 - trouble.length).join('\n'));
  if (!ok && !keepGoing) break;
}

console.log(`\n${summary.join('\n')}\n${formatTally(total)}`);
if (!ok || !isGood(total)) process.exitCode = 1;

function check(name: string, command: readonly [string, ...string[]]): Step {
  return {
    name,
    run: async () => ({
      tally: (await runCommand(command)) ? nothing : { ...nothing, failed: 1 },
      trouble: [],
    }),
  };
}

function tests(name: string, projects: string[]): Step {
  return {
    name,
    run: async () => {
      const { tally, trouble } = await runVitest(
        projects.flatMap((project) => ['--project', project]),
      );
      const failed = foundTests(tally) ? tally.failed : Math.max(tally.failed, 1);
      return { tally: { ...tally, failed }, trouble };
    },
  };
}
