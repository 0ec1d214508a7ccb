import { createHash } from 'node:crypto';

/** What pgBackRest says that a set consists of. Its own passphrase is left out. */
export interface Manifest {
  label: string;
  /** False: the text is not what was written. */
  intact: boolean;
  files: readonly ManifestFile[];
  /** By its OID: where the tablespace was. */
  tablespaces: Readonly<Record<string, string>>;
  extension: string;
}

export interface ManifestFile {
  /** Such as `pg_data/base/5/1247`. */
  name: string;
  /** Label of the set in whose folder it is. */
  set: string;
  storedBytes: number;
  /** SHA-1 of what is stored; absent where the file is empty, or the version did not write it. */
  storedChecksum?: string;
  /** Stored together with others: it has no file of its own. */
  bundled: boolean;
}

const extensions: Readonly<Record<string, string>> = {
  none: '',
  gz: '.gz',
  lz4: '.lz4',
  zst: '.zst',
  bz2: '.bz2',
};

interface RawFile {
  reference?: string;
  size?: number;
  'repo-size'?: number;
  rck?: string;
  bni?: number;
}

/** Undefined for what is not a manifest at all. */
export function parseManifest(text: string): Manifest | undefined {
  const sections = readSections(text);
  const label = readText(sections.get('backup')?.get('backup-label'));
  const files = sections.get('target:file');
  if (label === undefined || files === undefined) return undefined;
  const type = readText(sections.get('backup:option')?.get('option-compress-type')) ?? 'none';
  const targets = [...(sections.get('backup:target') ?? [])].flatMap(([name, value]) => {
    const oid = /^pg_tblspc\/(\d+)$/.exec(name)?.[1];
    const path = (readJson(value) as { path?: string } | undefined)?.path;
    return oid === undefined || path === undefined ? [] : [[oid, path] as const];
  });
  return {
    label,
    intact: isIntact(text),
    extension: extensions[type] ?? '',
    tablespaces: Object.fromEntries(targets),
    files: [...files].flatMap(([name, value]) => {
      const raw = readJson(value) as RawFile | undefined;
      return raw === undefined ? [] : [readFile(name, raw, label)];
    }),
  };
}

function readFile(name: string, raw: RawFile, label: string): ManifestFile {
  const { reference = label, size = 0, rck, bni } = raw;
  return {
    name,
    set: reference,
    storedBytes: raw['repo-size'] ?? size,
    ...(rck !== undefined && { storedChecksum: rck }),
    bundled: bni !== undefined,
  };
}

type Sections = Map<string, Map<string, string>>;

function readSections(text: string): Sections {
  const sections: Sections = new Map();
  let current = new Map<string, string>();
  for (const line of text.split('\n')) {
    const section = /^\[([^=]+)\]$/.exec(line)?.[1];
    if (section !== undefined) {
      current = sections.get(section) ?? new Map<string, string>();
      sections.set(section, current);
      continue;
    }
    // A name may have an equals sign in it, and a value is JSON.
    const at = splitAt(line);
    if (at > 0) current.set(line.slice(0, at), line.slice(at + 1));
  }
  return sections;
}

function splitAt(line: string): number {
  const object = line.indexOf('={');
  return object > 0 ? object : line.indexOf('=');
}

const footer = '\n[backrest]\nbackrest-checksum=';

/** The last line is the SHA-1 of everything before it, written as one JSON object. */
function isIntact(text: string): boolean {
  const at = text.lastIndexOf(footer);
  if (at < 0) return false;
  const said = readText(text.slice(at + footer.length).trim());
  const hash = createHash('sha1').update('{');
  let isFirst = true;
  let isInSection = false;
  for (const line of text.slice(0, at).split('\n')) {
    const section = /^\[([^=]+)\]$/.exec(line)?.[1];
    if (section !== undefined) {
      hash.update(`${isInSection ? '},' : ''}"${section}":{`);
      isInSection = true;
      isFirst = true;
    } else if (line !== '') {
      const split = splitAt(line);
      hash.update(`${isFirst ? '' : ','}"${line.slice(0, split)}":${line.slice(split + 1)}`);
      isFirst = false;
    }
  }
  return hash.update('}}').digest('hex') === said;
}

function readJson(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

function readText(value: string | undefined): string | undefined {
  const read = value === undefined ? undefined : readJson(value);
  return typeof read === 'string' ? read : undefined;
}
