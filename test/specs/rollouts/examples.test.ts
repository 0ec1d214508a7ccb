import { readFile, readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { resolveSpecText } from '../../../src/specs/rollouts/resolve-text.ts';

const folder = new URL('../../../examples/', import.meta.url);
const files = await specsIn('.');
files.push(...(await specsIn('kubernetes')), ...(await specsIn('compose')));

async function specsIn(name: string): Promise<string[]> {
  const names = await readdir(new URL(`${name}/`, folder));
  return names
    .filter((file) => /\.(yaml|json)$/.test(file))
    .map((file) => (name === '.' ? file : `${name}/${file}`));
}

async function resolveExample(file: string) {
  return resolveSpecText(await readFile(new URL(file, folder), 'utf8'), file);
}

it.each(files)('%s is a spec that can be deployed as it is', async (file) => {
  expect(await resolveExample(file)).toMatchObject({
    ok: true,
    spec: { service: 'shop', environment: 'demo' },
  });
});

it.each(files)('%s names the schema of its kind for editors', async (file) => {
  const text = await readFile(new URL(file, folder), 'utf8');
  const resolution = await resolveExample(file);
  if (!file.endsWith('.yaml') || !resolution.ok) return;
  const up = file.includes('/') ? '../../' : '../';
  expect(text).toContain(`$schema=${up}schemas/${resolution.spec.kind}.json`);
});

it('has the canary in YAML and in JSON alike', async () => {
  expect(await resolveExample('canary.json')).toStrictEqual(await resolveExample('canary.yaml'));
});

it('mentions every example in the list of examples', async () => {
  const list = await readFile(new URL('README.md', folder), 'utf8');
  expect(files.filter((file) => !list.includes(`(${file})`))).toStrictEqual([]);
});
