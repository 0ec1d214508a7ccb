import { existsSync } from 'node:fs';
import path from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const inlineMap = /\/\/# sourceMappingURL=data:application\/json[^,]*;base64,([A-Za-z0-9+/=]+)/;

const welcome = [
  /^\.\/(workflows|src\/(policies|contracts|kinds|render|specs))\//,
  /node_modules\/(@temporalio\/(workflow|common)|nexus-rpc|ms|long)\//,
  // Total and synchronous: without clock, chance or effects.
  /node_modules\/@marcbachmann\/cel-js\//,
  /^webpack\//,
  /^ignored\|/,
];

export interface CheckedBundle {
  code: string;
  modules: number;
}

/** Bundles `workflows/index.cjs` under `root`; throws if it contains anything that cannot be replayed or is too large. */
export async function bundleChecked(
  root: string,
  { failureConverter }: { failureConverter?: string } = {},
): Promise<CheckedBundle> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: path.join(root, 'workflows/index.cjs'),
    ...(failureConverter && { failureConverterPath: path.join(root, failureConverter) }),
    workflowInterceptorModules: interceptorsUnder(root),
    logger: new DefaultLogger('ERROR'),
    webpackConfigHook: (config) => ({
      ...config,
      context: root,
      output: { ...config.output, devtoolModuleFilenameTemplate: '[resource-path]' },
    }),
  });
  const sources = sourcesOf(code);
  const foreign = sources.filter((source) => !welcome.some((pattern) => pattern.test(source)));
  if (foreign.length === 0) return { code, modules: sources.length };
  throw new Error(
    `The workflow bundle contains ${foreign.join(', ')}. Only src/policies, src/contracts, ` +
      'src/kinds, src/render, the zod-free part of src/specs and @temporalio/workflow belong there: import the type alone, ' +
      'or move the code into an activity.',
  );
}

/** Including the interceptors around every workflow, if there are any. */
function interceptorsUnder(root: string): string[] {
  const carryTrace = path.join(root, 'workflows/interceptors/carry-trace.ts');
  return existsSync(carryTrace) ? [carryTrace] : [];
}

function sourcesOf(code: string): string[] {
  const encoded = inlineMap.exec(code)?.[1];
  if (encoded === undefined) {
    throw new Error('The bundle has no inline source map, so its content cannot be checked.');
  }
  const map = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8')) as { sources: string[] };
  return map.sources;
}
