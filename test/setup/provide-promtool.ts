import { join } from 'node:path';
import { provideDebianPackage } from './debian-package.ts';
import { debian } from './provide-prometheus.ts';

/** The promtool of the pinned package, kept by itself; undefined where none is to be had. */
export async function providePromtool(cache: string): Promise<string | undefined> {
  const wanted = { ...debian, programs: ['promtool'] as [string] };
  const folder = await provideDebianPackage(wanted, join(cache, 'promtool'));
  return folder === undefined ? undefined : join(folder, 'promtool');
}
