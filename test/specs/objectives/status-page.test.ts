import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parseSpecText } from '../../../src/specs/kernel/parse-text.ts';
import { resolveAgainst } from '../../../src/specs/kernel/resolve.ts';
import { statusPageSchema } from '../../../src/specs/objectives/status-page.ts';

const page = { name: 'Acme', environment: 'prod', services: [{ service: 'shop' }] };

test('a page shows ninety days of UTC, and calls a service by its own name', () => {
  expect(resolveAgainst(statusPageSchema, page)).toEqual({
    ok: true,
    spec: {
      ...{ name: 'Acme', environment: 'prod', zone: 'UTC', days: 90 },
      services: [{ service: 'shop', name: 'shop' }],
    },
  });
});

test('every problem of a page is named at once', () => {
  const wrong = {
    ...{ title: 'Acme', environment: 'Prod', zone: 'Mars/Olympus', days: 900 },
    ...{
      url: 'https://ana:secret@acme.example',
      services: [{ service: 'shop' }, { service: 'shop' }],
    },
  };
  const resolution = resolveAgainst(statusPageSchema, wrong);
  const paths = resolution.ok ? [] : resolution.problems.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining([
      'title',
      'name',
      'environment',
      'zone',
      'days',
      'url',
      'services[1].service',
    ]),
  );
});

test('the example is valid', async () => {
  const file = 'examples/status-page/acme.yaml';
  const parsed = parseSpecText(await readFile(file, 'utf8'), file);
  expect(parsed.ok && resolveAgainst(statusPageSchema, parsed.input).ok).toBe(true);
});
