import { expect, it } from 'vitest';
import { versionOfImage } from '../../../src/specs/rollouts/image-version.ts';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

it.each([
  ['shop:v2', 'v2'],
  ['registry.example/team/shop:1.4.0-rc.1', '1.4.0-rc.1'],
  ['registry.example:5000/shop:v2', 'v2'],
  ['registry.example:5000/shop', undefined],
  ['shop', undefined],
  [`shop@${digest}`, '0123456789ab'],
  [`registry.example:5000/shop@${digest}`, '0123456789ab'],
  [`shop:v2@${digest}`, 'v2'],
  ['shop:', undefined],
  ['shop@', undefined],
  ['shop@sha256:short', undefined],
  [`shop:${'x'.repeat(129)}`, undefined],
])('the version of the image %s is %s', (image, version) => {
  expect(versionOfImage(image)).toBe(version);
});
