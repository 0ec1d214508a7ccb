import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { builtWorkflows } from '../../fixtures/built.ts';

export interface Bundles {
  /** The workflows as they ship. */
  plain: string;
  /** The same with a place at the end of every workflow task, and with agents that are missed sooner. */
  withFailpoints: string;
}

const carryTrace = '../../../workflows/interceptors/carry-trace.ts';

/** Bundled once, since every worker of a sweep would spend seconds on it. */
export async function buildBundles(folder: string): Promise<Bundles> {
  return {
    plain: (await builtWorkflows()).codePath,
    withFailpoints: await buildWithFailpoints(folder),
  };
}

export function buildWithFailpoints(folder: string): Promise<string> {
  const interceptors = ['./task-interceptors.ts', './short-heartbeats.ts'];
  return build(join(folder, 'failpoints.js'), interceptors);
}

async function build(codePath: string, interceptors: string[]): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: here('../../../workflows/index.cjs'),
    workflowInterceptorModules: [carryTrace, ...interceptors].map(here),
    logger: new DefaultLogger('ERROR'),
  });
  await writeFile(codePath, code);
  return codePath;
}

function here(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
