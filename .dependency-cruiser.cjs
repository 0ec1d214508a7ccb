/**
 * Who may import whom, type imports included. A folder may always import itself.
 * What is *reachable* at run time is checked apart, in .dependency-cruiser.runtime.cjs.
 */
const anyLibrary = 'node_modules/';
const shared = ['^src/(specs|policies|contracts)/'];

/** @type {{ name: string, from: string, may: string[], node: boolean }[]} */
const folders = [
  { name: 'contracts', from: '^src/contracts/', may: shared, node: false },
  { name: 'policies', from: '^src/policies/', may: shared, node: false },
  {
    name: 'specs',
    from: '^src/specs/',
    may: [...shared, 'node_modules/(zod|yaml|fastest-levenshtein)/'],
    node: false,
  },
  {
    name: 'adapters',
    from: '^src/adapters/',
    may: ['^src/(specs|contracts|config|processes)/', anyLibrary],
    node: true,
  },
  {
    name: 'config',
    from: '^src/config/',
    may: ['^src/(specs|contracts)/', anyLibrary],
    node: true,
  },
  { name: 'processes', from: '^src/processes/', may: [anyLibrary], node: true },
  {
    name: 'local-platform',
    from: '^src/local-platform/',
    may: [...shared, '^src/(config|adapters|processes)/', anyLibrary],
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
      name: 'no-cycles',
      comment: 'Two files that need each other at run time are one idea, or need a third.',
      severity: 'error',
      from: {},
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
