/**
 * Who may import whom, type imports included. A folder may always import itself.
 * What is *reachable* at run time is checked apart, in .dependency-cruiser.runtime.cjs.
 */
const anyLibrary = 'node_modules/';
const shared = ['^src/(specs|policies|contracts|kinds|render)/'];

/** @type {{ name: string, from: string, may: string[], node: boolean }[]} */
const folders = [
  { name: 'kinds', from: '^src/kinds/', may: [], node: false },
  {
    name: 'contracts',
    from: '^src/contracts/',
    may: ['^src/(specs|policies|kinds)/'],
    node: false,
  },
  { name: 'render', from: '^src/render/', may: shared, node: false },
  {
    name: 'policies',
    from: '^src/policies/',
    may: [...shared, 'node_modules/@marcbachmann/cel-js/'],
    node: false,
  },
  {
    name: 'specs',
    from: '^src/specs/',
    may: [...shared, 'node_modules/(zod|yaml|fastest-levenshtein)/'],
    node: false,
  },
  {
    name: 'adapters',
    from: '^src/adapters/',
    may: ['^src/(specs|contracts|kinds|config|processes)/', anyLibrary],
    node: true,
  },
  {
    name: 'config',
    from: '^src/config/',
    may: ['^src/(specs|contracts|kinds)/', anyLibrary],
    node: true,
  },
  { name: 'processes', from: '^src/processes/', may: [anyLibrary], node: true },
  {
    name: 'http',
    from: '^src/http/',
    may: [...shared, '^src/config/', anyLibrary],
    node: true,
  },
  {
    name: 'health',
    from: '^src/health/',
    may: [...shared, '^src/(config|http)/', anyLibrary],
    node: true,
  },
  {
    name: 'telemetry',
    from: '^src/telemetry/',
    may: [...shared, '^src/(config|adapters)/', anyLibrary],
    node: true,
  },
  {
    name: 'gateway',
    from: '^src/gateway/',
    may: [...shared, '^src/(config|adapters|http|health|telemetry)/', anyLibrary],
    node: true,
  },
  {
    name: 'codec-server',
    from: '^src/codec-server/',
    may: [...shared, '^src/(config|adapters|http)/', anyLibrary],
    node: true,
  },
  {
    name: 'agent',
    from: '^src/agent/',
    may: [...shared, '^src/(config|processes)/'],
    node: true,
  },
  {
    name: 'local-platform',
    from: '^src/local-platform/',
    may: [...shared, '^src/(config|adapters|processes|http)/', anyLibrary],
    node: true,
  },
  {
    name: 'track-front',
    from: '^src/track-front/',
    may: [...shared, '^src/(http|local-platform)/', anyLibrary],
    node: true,
  },
  {
    name: 'embedded',
    from: '^src/embedded/',
    may: [...shared, '^src/(config|adapters|processes)/', anyLibrary],
    node: true,
  },
  {
    name: 'cli',
    from: '^src/cli/',
    may: [...shared, '^src/(config|adapters|processes|local-platform|embedded)/', anyLibrary],
    node: true,
  },
  {
    name: 'workflows',
    from: '^workflows/',
    may: [...shared, 'node_modules/@temporalio/(workflow|common)/'],
    node: false,
  },
  {
    name: 'activities',
    from: '^activities/',
    may: [...shared, '^src/adapters/', 'node_modules/@temporalio/(activity|common)/'],
    node: false,
  },
  {
    name: 'workers',
    from: '^workers/',
    may: ['^src/(?!cli/)', '^activities/', anyLibrary],
    node: true,
  },
];

/** Rooms in which the kernel and each family of runs have a folder of their own. */
const rooms = '^(?:src/(?:specs|contracts|policies|render)|workflows|activities)';
const families = '(?!kernel/|interceptors/)';

const familyRules = [
  {
    name: 'families-import-the-kernel-and-themselves',
    comment: 'Another family is known by its kind alone: start it as a child workflow by its type.',
    severity: 'error',
    from: { path: `${rooms}/${families}([^/]+)/` },
    to: { path: `${rooms}/[^/]+/`, pathNot: `${rooms}/(?:kernel|$1)/` },
  },
  {
    name: 'the-kernel-knows-no-family',
    comment: 'What a kind of run needs of its own it says in src/kinds, or passes in.',
    severity: 'error',
    from: { path: `${rooms}/kernel/` },
    to: { path: `${rooms}/${families}[^/]+/` },
  },
  {
    name: 'one-module-knows-cel',
    comment: 'Expressions are checked and evaluated by src/policies/recovery/playbooks/cel.ts.',
    severity: 'error',
    from: { pathNot: '^src/policies/recovery/playbooks/cel[.]ts$' },
    to: { path: 'node_modules/@marcbachmann/cel-js/' },
  },
  {
    name: 'kubernetes-api-serves-everybody',
    comment: 'Talking to a cluster is apart from rolling out on it.',
    severity: 'error',
    from: { path: '^src/adapters/kubernetes-api/' },
    to: { path: '^src/adapters/kubernetes/' },
  },
];

const folderRules = folders.map(({ name, from, may, node }) => ({
  name: `${name}-import-only-what-they-may`,
  comment: `The table in docs/architecture.md says what ${from.slice(1)} may import.`,
  severity: 'error',
  from: { path: from },
  to: {
    pathNot: [from, ...may],
    ...(node ? { dependencyTypesNot: ['core'] } : {}),
  },
}));

module.exports = {
  forbidden: [
    ...folderRules,
    ...familyRules,
    {
      name: 'product-imports-no-tests',
      comment: 'Code that ships must not need code that does not.',
      severity: 'error',
      from: { path: '^(src|workflows|activities|workers)/' },
      to: { path: '^test/' },
    },
    {
      name: 'product-imports-no-scripts',
      comment: 'Scripts and benchmarks start the product, not the other way round.',
      severity: 'error',
      from: { path: '^(src|workflows|activities|workers)/' },
      to: { path: '^(scripts|bench)/' },
    },
    {
      name: 'scripts-import-no-tests',
      comment: 'What a user runs or measures needs no fixture; tests use what scripts start.',
      severity: 'error',
      from: { path: '^(scripts|bench)/' },
      to: { path: '^test/' },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one idea, or need a third. Types count, too.',
      severity: 'error',
      from: { path: '^(src|workflows|activities|workers)/' },
      to: { circular: true },
    },
    {
      name: 'no-cycles-at-run-time',
      comment: 'Tests, benchmarks and scripts may share types in a circle, but no code.',
      severity: 'error',
      from: { pathNot: '^(src|workflows|activities|workers)/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'imports-resolve',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'product-needs-no-dev-dependency',
      comment: 'An installed package has only its dependencies.',
      severity: 'error',
      from: { path: '^(src|workflows|activities|workers)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
