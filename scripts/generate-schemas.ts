/** Writes schemas/<kind>.json from the specs: run it after changing the form of a spec. */
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { describedKinds, specJsonSchema } from '../src/specs/json-schema.ts';

const folder = fileURLToPath(new URL('../schemas/', import.meta.url));
await mkdir(folder, { recursive: true });
for (const kind of describedKinds) {
  const file = `${folder}${kind}.json`;
  const style = await resolveConfig(file);
  await writeFile(
    file,
    await format(JSON.stringify(specJsonSchema(kind)), { ...style, filepath: file }),
  );
}
