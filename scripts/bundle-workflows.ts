/** Bundles the workflows for workers that run from a build; dist/workflow-bundle.js unless told. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bundleChecked } from './checks/checked-bundle.ts';

const root = path.resolve(import.meta.dirname, '..');
const target = path.resolve(process.argv[2] ?? path.join(root, 'dist/workflow-bundle.js'));

const { code, modules } = await bundleChecked(root);
await mkdir(path.dirname(target), { recursive: true });
await writeFile(target, code);

const withoutMap = code.slice(0, code.lastIndexOf('//# sourceMappingURL'));
console.log(
  `${path.relative(process.cwd(), target)}: ${modules} modules, ${kib(withoutMap)} KiB ` +
    `(${kib(code)} KiB with its source map)`,
);

function kib(text: string): number {
  return Math.round(Buffer.byteLength(text) / 1024);
}
