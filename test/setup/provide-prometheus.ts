import { join } from 'node:path';
import { provideDebianPackage, type DebianPackage } from './debian-package.ts';

/** What Debian 12 has. Another version of the same package is refused, and so is a changed file. */
export const debian: DebianPackage = {
  name: 'prometheus',
  version: '2.42.0+ds-5+deb12u1',
  sha256: '81d59a24fce84f7fbe97a45a4f2914b6a5881b5cd1db2a6a0e129e515e1a5f55',
  programs: ['prometheus'],
};

/** A Prometheus server to test with; undefined where none is to be had. */
export async function providePrometheus(cache: string): Promise<string | undefined> {
  const folder = await provideDebianPackage(debian, cache);
  return folder === undefined ? undefined : join(folder, 'prometheus');
}
