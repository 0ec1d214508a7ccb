import { runVitest } from './checks/run-vitest.ts';
import { summarize } from './checks/summarize.ts';
import { formatTally, isGood } from './checks/tally.ts';

interface Suite {
  projects: string[];
  /** The test files of the projects whose path contains one of these. */
  files?: string[];
  env?: Record<string, string>;
}

const suites: Record<string, Suite> = {
  all: { projects: ['shared', 'unit', 'replay', 'e2e', 'crowded', 'kubernetes'] },
  unit: { projects: ['shared', 'unit', 'replay'] },
  e2e: { projects: ['e2e', 'crowded'] },
  kubernetes: { projects: ['kubernetes'] },
  crash: {
    projects: ['crowded', 'nightly', 'kubernetes'],
    files: ['test/e2e/crash', 'test/kubernetes/crash'],
    env: { BELAY_CRASH_POINTS: 'all', BELAY_PROOFS: 'all' },
  },
  temporal: {
    projects: ['nightly'],
    files: ['test/temporal-on-postgres'],
    env: { BELAY_PROOFS: 'all' },
  },
  proofs: { projects: ['kubernetes'], env: { BELAY_PROOFS: 'all' } },
  nightly: { projects: ['nightly', 'kubernetes'], env: { BELAY_PROOFS: 'all' } },
};

const [name = 'all', ...filters] = process.argv.slice(2);
const suite = suites[name];
if (suite === undefined) {
  console.error(`There is no suite "${name}": it is one of ${Object.keys(suites).join(', ')}.`);
  process.exit(2);
}

const { projects, files = [], env } = suite;
const args = [...projects.flatMap((project) => ['--project', project]), ...files, ...filters];
const { tally, ...summary } = await runVitest(args, { env });
const { lines, refusedSkips } = summarize(summary);
const failed = process.env['CI'] === undefined ? 0 : refusedSkips;
const total = { ...tally, failed: tally.failed + failed };
console.log([...lines, '', formatTally(total)].join('\n'));
if (!isGood(total)) process.exitCode = 1;
