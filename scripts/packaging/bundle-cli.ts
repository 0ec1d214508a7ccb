import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { build, type Metafile } from 'esbuild';
import { licencesOf } from './licences.ts';

const entry = 'src/cli/main.ts';

/** Loaded from node_modules: what has binaries, what hooks into the loading of modules, what is large and seldom needed. */
const apart = [
  ...['libsql', 'pg-native', '@temporalio/worker', '@temporalio/core-bridge'],
  ...['@opentelemetry/*', '@kubernetes/client-node'],
];

/** What libraries in CommonJS find in their scope, and a module has to make for itself. */
const scopeOfCommonJs = [
  "import { createRequire as belayCreateRequire } from 'node:module';",
  'const require = belayCreateRequire(import.meta.url);',
  'const __dirname = import.meta.dirname, __filename = import.meta.filename;',
].join(' ');

export interface CliBundle {
  outputs: number;
  bytes: number;
  /** What is in it of other packages. */
  libraries: string[];
}

/**
 * One file to start with and one for whatever is loaded later, in one folder: files find the other
 * programs of the build beside their own folder's parent, so the bundle must stay as deep as `src/cli`.
 */
export async function bundleCli(root: string, folder: string): Promise<CliBundle> {
  const metafile = await bundle(root, folder, true);
  const libraries = librariesIn(metafile);
  await writeFile(path.join(folder, 'LICENCES.txt'), await licencesOf(root, libraries));
  const code = Object.entries(metafile.outputs).filter(([file]) => file.endsWith('.js'));
  const bytes = code.reduce((sum, [, output]) => sum + output.bytes, 0);
  return { outputs: code.length, bytes, libraries };
}

/** The source files and libraries that are loaded before this command runs; nothing is written. */
export async function loadedFor(root: string, command: string): Promise<string[]> {
  const { outputs } = await bundle(root, path.join(root, 'dist/src/cli'), false);
  const begins = [entry, `src/cli/commands/${command}.ts`];
  const loaded = Object.entries(outputs).flatMap(([file, { entryPoint = '' }]) =>
    begins.includes(entryPoint) ? [file] : [],
  );
  // A set may grow while it is iterated: whatever is added is visited, too.
  const files = new Set(loaded);
  for (const file of files) {
    for (const { path: imported, kind } of outputs[file]?.imports ?? []) {
      if (kind === 'import-statement') files.add(imported);
    }
  }
  return [...files].flatMap((file) => Object.keys(outputs[file]?.inputs ?? { [file]: {} }));
}

async function bundle(root: string, outdir: string, write: boolean): Promise<Metafile> {
  const { metafile } = await build({
    ...{ absWorkingDir: root, entryPoints: [entry], outdir, write },
    ...{ bundle: true, splitting: true, metafile: true },
    ...{ platform: 'node', target: 'node20.19', format: 'esm' },
    ...{ sourcemap: true, sourcesContent: false, legalComments: 'none' },
    external: apart,
    banner: { js: scopeOfCommonJs },
    logLevel: 'warning',
  });
  return metafile;
}

function librariesIn({ inputs }: Metafile): string[] {
  const names = Object.keys(inputs).flatMap((file) => {
    const name = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file);
    return name === null ? [] : [name[0]];
  });
  return [...new Set(names)].sort();
}
