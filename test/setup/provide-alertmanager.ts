import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { provideDebianPackage, type DebianPackage } from './debian-package.ts';

/** What Debian 12 has. Another version of the same package is refused, and so is a changed file. */
const debian: DebianPackage = {
  name: 'prometheus-alertmanager',
  version: '0.25.0-1+b4',
  sha256: '4fb9aed15cfe8e0c32408e643ab32a1e41ee87d2cc26f18aeba928b1b0b98ae7',
  programs: ['prometheus-alertmanager', 'amtool'],
  complete: findTemplatesBeside,
};

/** Debian's build reads its templates here wherever it runs, and they are there only once installed. */
const templates = '/usr/share/prometheus/alertmanager';

/** So the program is told to read them in the folder that it is started in, by a path as long. */
async function findTemplatesBeside(unpacked: string, taken: string): Promise<void> {
  for (const name of ['default.tmpl', 'email.tmpl']) {
    await copyFile(join(unpacked, templates, name), join(taken, name));
  }
  const program = join(taken, 'prometheus-alertmanager');
  const bytes = await readFile(program);
  const here = '/proc/self/cwd'.padEnd(templates.length, '/');
  for (let at = bytes.indexOf(templates); at >= 0; at = bytes.indexOf(templates, at)) {
    bytes.write(here, at);
  }
  await writeFile(program, bytes);
}

export interface AlertmanagerPrograms {
  alertmanager: string;
  amtool: string;
}

/** An Alertmanager to test with; undefined where none is to be had. */
export async function provideAlertmanager(
  cache: string,
): Promise<AlertmanagerPrograms | undefined> {
  const folder = await provideDebianPackage(debian, cache);
  if (folder === undefined) return undefined;
  return {
    alertmanager: join(folder, 'prometheus-alertmanager'),
    amtool: join(folder, 'amtool'),
  };
}
