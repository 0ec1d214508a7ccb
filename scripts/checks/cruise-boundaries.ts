import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { cruise, type ICruiseResult, type IViolation } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';

const repository = path.resolve(import.meta.dirname, '../..');
const cruised = ['src', 'workflows', 'activities', 'workers', 'scripts', 'bench', 'test'];
/** Of these it is also checked what they reach. */
const reaching = ['workflows', 'src/agent'];

export interface BoundaryReport {
  violations: IViolation[];
  /** Source files on disk that the cruise did not visit: a wrong setup, not a success. */
  missed: string[];
  modules: number;
  dependencies: number;
}

/** Checks the tree under `root` against this repository's import rules. */
export async function cruiseBoundaries(root: string = repository): Promise<BoundaryReport> {
  const present = await readdir(root);
  const folders = cruised.filter((folder) => present.includes(folder));
  const imports = await cruiseWith('.dependency-cruiser.cjs', root, folders);
  const reached = await cruiseWith('.dependency-cruiser.runtime.cjs', root, reaching);
  return {
    violations: [...imports.summary.violations, ...reached.summary.violations],
    missed: [
      ...(await missedBy(imports, root, folders)),
      ...(await missedBy(reached, root, reaching)),
    ],
    modules: imports.summary.totalCruised,
    dependencies: imports.summary.totalDependenciesCruised ?? 0,
  };
}

async function cruiseWith(rules: string, root: string, folders: string[]): Promise<ICruiseResult> {
  const options = await extractDepcruiseOptions(path.join(repository, rules));
  const { output } = await cruise(folders, { ...options, baseDir: root });
  if (typeof output === 'string') throw new Error(`dependency-cruiser returned text: ${output}`);
  return output;
}

async function missedBy(result: ICruiseResult, root: string, folders: string[]): Promise<string[]> {
  const seen = new Set(result.modules.map((module) => module.source));
  const files = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(path.join(root, folder), { recursive: true });
      return names.filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`);
    }),
  );
  return files.flat().filter((file) => !seen.has(file));
}
