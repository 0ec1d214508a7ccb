import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import type { WorkerOptions } from '@temporalio/worker';

/** What failures say is encrypted with the payloads; for workflows it takes the bundle made for it. */
export const encodeFailures: Pick<DataConverter, 'failureConverterPath'> = {
  failureConverterPath: beside(
    import.meta.url.endsWith('.js')
      ? '../workflows/failure-converter.js'
      : '../workflows/failure-converter.ts',
  ),
};

/** The prebuilt bundle where the build put one beside us; from source, the SDK bundles at start. */
export function workflowCode(
  encodesFailures: boolean,
): Pick<WorkerOptions, 'workflowBundle' | 'workflowsPath' | 'interceptors'> {
  const codePath = beside(
    encodesFailures ? '../workflow-bundle-encoding-failures.js' : '../workflow-bundle.js',
  );
  if (existsSync(codePath)) return { workflowBundle: { codePath } };
  return {
    workflowsPath: beside('../workflows/index.cjs'),
    interceptors: { workflowModules: [beside('../workflows/interceptors/carry-trace.ts')] },
  };
}

function beside(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url));
}
