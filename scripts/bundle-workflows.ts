/**
 * Bundles the workflows for workers that run from a build, into dist or another given folder: once
 * plain, and once for workers that encrypt failure messages.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleChecked } from './checks/checked-bundle.ts';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.resolve(process.argv[2] ?? path.join(root, 'dist'));

await mkdir(folder, { recursive: true });
await bundle('workflow-bundle.js', {});
await bundle('workflow-bundle-encoding-failures.js', {
  failureConverter: 'workflows/failure-converter.ts',
});

async function bundle(name: string, options: { failureConverter?: string }): Promise<void> {
  const { code, modules } = await bundleChecked(root, options);
  const target = path.join(folder, name);
  await writeFile(target, code);
  const withoutMap = code.slice(0, code.lastIndexOf('//# sourceMappingURL'));
  console.log(
    `${path.relative(process.cwd(), target)}: ${modules} modules, ${kib(withoutMap)} KiB ` +
      `(${kib(code)} KiB with its source map)`,
  );
}

function kib(text: string): number {
  return Math.round(Buffer.byteLength(text) / 1024);
}
