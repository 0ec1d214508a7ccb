/** Bundles the command line into a build, dist or another given folder, in place of its compiled files. */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { bundleCli } from './packaging/bundle-cli.ts';

const root = path.resolve(import.meta.dirname, '..');
const folder = path.resolve(process.argv[2] ?? path.join(root, 'dist'));
const target = path.join(folder, 'src/cli');

await rm(target, { recursive: true, force: true });
const { outputs, bytes, libraries } = await bundleCli(root, target);
console.log(
  `${path.relative(process.cwd(), target)}: ${outputs} files, ${Math.round(bytes / 1024)} KiB, ` +
    `with ${libraries.length} libraries`,
);
