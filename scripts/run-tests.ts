import { runVitest } from './checks/run-vitest.ts';
import { formatTally, isGood } from './checks/tally.ts';

const suites: Record<string, { args: string[]; env?: Record<string, string> }> = {
  all: { args: [] },
  unit: { args: ['--project', 'unit', '--project', 'replay'] },
  e2e: { args: ['--project', 'e2e', '--project', 'crowded'] },
  kubernetes: { args: ['--project', 'kubernetes'] },
  crash: {
    args: [
      '--project',
      'crowded',
      '--project',
      'kubernetes',
      'test/e2e/crash',
      'test/kubernetes/crash',
    ],
    env: { BELAY_CRASH_POINTS: 'all', BELAY_PROOFS: 'all' },
  },
  temporal: {
    args: ['--project', 'e2e', 'test/temporal-on-postgres'],
    env: { BELAY_PROOFS: 'all' },
  },
  proofs: { args: ['--project', 'kubernetes'], env: { BELAY_PROOFS: 'all' } },
};

const [name = 'all', ...filters] = process.argv.slice(2);
const suite = suites[name];
if (suite === undefined) {
  console.error(`There is no suite "${name}": it is one of ${Object.keys(suites).join(', ')}.`);
  process.exit(2);
}

const { tally, trouble } = await runVitest([...suite.args, ...filters], suite.env);
console.log([...trouble, formatTally(tally)].join('\n'));
if (!isGood(tally)) process.exitCode = 1;
