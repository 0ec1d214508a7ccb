/**
 * What code can reach when it runs: type imports are gone by then, so they do not count. In a
 * workflow, effects cannot be replayed, and zod costs hundreds of KiB in every open one.
 */
const { builtinModules } = require('node:module');
const folders = require('./.dependency-cruiser.cjs');

module.exports = {
  forbidden: [
    {
      name: 'workflows-stay-deterministic',
      comment: 'Do it in an activity behind a contract, or as pure arithmetic in src/policies.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: {
        path: [
          `^(node:.*|${builtinModules.join('|')})$`,
          'node_modules/zod/',
          'node_modules/@temporalio/(worker|client|activity)/',
          '^src/(?!specs/|policies/|contracts/|kinds/|render/)',
          '^(activities|workers|scripts|bench)/',
        ],
        reachable: true,
      },
    },
    {
      name: 'faults-end-without-zod',
      comment:
        'A program that removes a fault is started when its lease is over: what it loads, a busy host waits for.',
      severity: 'error',
      from: { path: '^src/agent/(chaos|watchdog)/main[.]ts$' },
      to: { path: 'node_modules/zod/', reachable: true },
    },
  ],
  options: { ...folders.options, tsPreCompilationDeps: false },
};
