/** Writes schemas/<kind>.json from the specs: run it after changing the form of a spec. */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { specJsonSchema } from '../src/specs/rollouts/json-schema.ts';
import { specKinds } from '../src/specs/rollouts/kind.ts';

const folder = fileURLToPath(new URL('../schemas/', import.meta.url));
await mkdir(folder, { recursive: true });
for (const kind of specKinds) {
  const file = `${folder}${kind}.json`;
  const style = await resolveConfig(file);
  await writeFile(
    file,
    await format(JSON.stringify(specJsonSchema(kind)), { ...style, filepath: file }),
  );
}
