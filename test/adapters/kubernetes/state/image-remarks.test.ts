import { expect, test } from 'vitest';
import { imageRemarks } from '../../../../src/adapters/kubernetes/state/image-remarks.ts';

const pod = (...containers: { name: string; image: string }[]) => ({ spec: { containers } });

test('a container that keeps the image that another one loses is named', () => {
  const template = pod(
    { name: 'shop', image: 'shop:v1' },
    { name: 'worker', image: 'shop:v1' },
    { name: 'proxy', image: 'proxy:v1' },
  );
  expect(imageRemarks(template, { version: 'v2', images: { shop: 'shop:v2' } })).toEqual([
    'container worker keeps image shop:v1, which container shop changes to shop:v2; ' +
      'name it in release.images if it is to change too',
  ]);
  const both = { shop: 'shop:v2', worker: 'shop:v2' };
  expect(imageRemarks(template, { version: 'v2', images: both })).toEqual([]);
});

test('a release that does not fit, or is a kept revision, has no remarks', () => {
  const template = pod({ name: 'shop', image: 'shop:v1' });
  expect(imageRemarks(template, { version: 'v2', images: { web: 'web:v2' } })).toEqual([]);
  expect(imageRemarks(template, { version: 'v1', revision: 1 })).toEqual([]);
});
