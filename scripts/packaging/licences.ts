import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

const licenceFile = /^(licen[cs]e|notice|copying)(\.(md|txt|mit))?$/i;

/** The licences of packages in these folders, which whoever passes their code on passes on too. */
export async function licencesOf(root: string, folders: readonly string[]): Promise<string> {
  const texts = await Promise.all(folders.map((folder) => licenceOf(path.join(root, folder))));
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

async function licenceOf(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(
    await readFile(path.join(folder, 'package.json'), 'utf8'),
  ) as { name: string; version: string; license?: string };
  const files = (await readdir(folder)).filter((file) => licenceFile.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
  return [`${name} ${version} (${license ?? 'see below'})`, ...texts.map((text) => text.trim())]
    .join('\n\n')
    .concat('\n');
}
