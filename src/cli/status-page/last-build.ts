import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { homeLayout } from '../../config/home.ts';
import type { KnownIncident } from '../../policies/objectives/status-page/page-incidents.ts';
import { nothingBefore, type KnownBefore } from './known-incidents.ts';

interface Written {
  isWhole: boolean;
  incidents: [key: string, incident: KnownIncident][];
}

/** Of each folder of a page one file in Belay's home, as what is in it is not for the public. */
function fileOf(home: string, out: string): string {
  const name = createHash('sha256').update(resolve(out)).digest('hex').slice(0, 16);
  return homeLayout(home).statusPage(name);
}

/** What the last build of the page in this folder knew, also where another process has built it. */
export async function readLastBuild(home: string, out: string): Promise<KnownBefore> {
  try {
    const { isWhole, incidents } = JSON.parse(await readFile(fileOf(home, out), 'utf8')) as Written;
    return { isWhole, incidents: new Map(incidents) };
  } catch {
    return nothingBefore();
  }
}

export async function writeLastBuild(
  home: string,
  out: string,
  { isWhole, incidents }: KnownBefore,
): Promise<void> {
  const path = fileOf(home, out);
  await mkdir(dirname(path), { recursive: true });
  const written: Written = { isWhole, incidents: [...incidents] };
  await writeFileAtomic(path, JSON.stringify(written), { mode: 0o600 });
}
