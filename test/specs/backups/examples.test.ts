import { readdir, readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import type { BackupSpec } from '../../../src/specs/backups/backup.ts';
import { resolveSpecOf } from '../../../src/specs/registry.ts';

const folder = new URL('../../../examples/backup/', import.meta.url);
const files = (await readdir(folder)).filter((name) => name.endsWith('.yaml'));

async function resolveExample(file: string) {
  const written = parse(await readFile(new URL(file, folder), 'utf8')) as { kind: string };
  return resolveSpecOf(written.kind, written);
}

it.each(files)('examples/backup/%s is accepted as it is', async (file) => {
  expect(await resolveExample(file)).toMatchObject({ ok: true });
});

it('the example of volumes says what a set has to have', async () => {
  const resolution = await resolveExample('volumes.yaml');
  if (!resolution?.ok) throw new Error('refused');
  const [component] = (resolution.spec as BackupSpec).components;
  expect(component).toEqual({
    ...{ name: 'data', agent: 'cluster-1', repositories: ['default'] },
    source: {
      ...{ kind: 'volumes', namespaces: ['shop'], labels: {}, method: 'fileSystem' },
      ...{ optional: ['shop/cache'], secrets: true, withinMs: 7_200_000 },
    },
  });
});
