import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { SetupFailed } from '../../programs/failure.ts';
import { runCommand } from '../../programs/run-command.ts';
import { goEnvironment, type ProvisionOptions } from '../../programs/build-module.ts';
import { keepInCache } from '../../programs/keep-in-cache.ts';

/** Files of a pinned Go module, joined into one YAML file. */
interface ModuleFiles {
  name: string;
  /** The folder with go.mod and go.sum. */
  folder: string;
  module: string;
  files: readonly string[];
  /** Only the objects with these names; otherwise all. */
  objects?: readonly string[];
}

const downloadLimitMs = 600_000;
const downloaded = z.object({ Dir: z.string() });

/** The path of the joined file in the cache. */
export async function moduleFiles(
  source: ModuleFiles,
  { cache, log }: ProvisionOptions,
): Promise<string> {
  const { name, folder: inputs, module, files, objects } = source;
  const folder = await keepInCache(
    { cache, name, inputs, instructions: { module, files, objects } },
    async (target) => {
      log(`fetching ${basename(name)} with Go, from the module ${module}`);
      await writeFile(join(target, 'all.yaml'), await joined(source));
    },
  );
  return join(folder, 'all.yaml');
}

async function joined({ folder, module, files, objects }: ModuleFiles): Promise<string> {
  const answer = await runCommand(['go', 'mod', 'download', '-json', module], {
    cwd: folder,
    env: goEnvironment(),
    limitMs: downloadLimitMs,
  });
  const { Dir } = downloaded.parse(JSON.parse(answer));
  const texts = await Promise.all(files.map((file) => readFile(join(Dir, file), 'utf8')));
  const all = texts.join('\n---\n');
  return objects ? onlyNamed(all, objects) : all;
}

function onlyNamed(text: string, names: readonly string[]): string {
  const documents = parseAllDocuments(text);
  const wanted = documents.filter((document) =>
    names.includes(String(document.getIn(['metadata', 'name']))),
  );
  if (wanted.length === names.length) return wanted.map(String).join('---\n');
  throw new SetupFailed(`not all of ${names.join(', ')} are in the module's files`);
}
