/** The entries of `[databases]` in a configuration of PgBouncer: `host` and `port` are changed, and nothing else. */
import type { NodeAddress } from '../../../contracts/recovery/database-node.ts';
import type { RouteGeneration } from '../../../contracts/recovery/routes.ts';

export interface Entry {
  name: string;
  /** Absent: a socket, or several hosts; nobody has said to which server it leads. */
  address?: NodeAddress;
  /** What the server calls the database. */
  database: string;
}

const section = /^\s*\[([^\]]*)\]\s*$/;
const entryLine = /^\s*(?:"((?:[^"]|"")*)"|([^\s=;#"]+))\s*=(.*)$/;
const setting = /(\w+)\s*=\s*('(?:[^']|'')*'|[^\s']+)/g;
const generationLine = /^;\s*belay: timeline (\d{1,10}) of (\d{1,20})\s*$/;
const usualPort = 5432;

interface Line {
  text: string;
  /** Where it is an entry of `[databases]`. */
  entry?: { name: string; settings: string };
}

function linesOf(text: string): Line[] {
  let isInside = false;
  return text.split('\n').map((line): Line => {
    const [, name] = section.exec(line) ?? [];
    if (name !== undefined) isInside = name.trim() === 'databases';
    const found = isInside ? entryLine.exec(line) : null;
    if (found === null) return { text: line };
    const [, quoted, plain, settings = ''] = found;
    return { text: line, entry: { name: quoted?.replaceAll('""', '"') ?? plain ?? '', settings } };
  });
}

/** In the order of the names; a name that is written twice counts as it was written last. */
export function readEntries(text: string, names: readonly string[]): (Entry | undefined)[] {
  const lines = linesOf(text);
  return names.map((name) => {
    const found = lines.findLast(({ entry }) => entry?.name === name)?.entry;
    return found && entryOf(found);
  });
}

function entryOf({ name, settings }: { name: string; settings: string }): Entry {
  const values = Object.fromEntries(
    [...settings.matchAll(setting)].map(([, key = '', value = '']) => [key, unquoted(value)]),
  );
  const { host, port = String(usualPort), dbname: database = name } = values;
  const isServer = host !== undefined && /^[^/,\s]+$/.test(host) && /^\d+$/.test(port);
  return { name, database, ...(isServer && { address: { host, port: Number(port) } }) };
}

function unquoted(value: string): string {
  return value.startsWith("'") ? value.slice(1, -1).replaceAll("''", "'") : value;
}

/** Of the last switch by Belay, whichever entry it was of. */
export function readGeneration(text: string): RouteGeneration | undefined {
  const [, timeline, systemIdentifier] = text
    .split('\n')
    .map((line) => generationLine.exec(line))
    .findLast((found) => found !== null) ?? [undefined, undefined, undefined];
  if (timeline === undefined || systemIdentifier === undefined) return undefined;
  return { systemIdentifier, timeline: Number(timeline) };
}

/** The same text with these entries leading elsewhere. */
export function changeEntries(
  text: string,
  names: readonly string[],
  { address, timeline, systemIdentifier }: RouteGeneration & { address: NodeAddress },
): string {
  const mark = `; belay: timeline ${timeline} of ${systemIdentifier}`;
  const lines = linesOf(text).filter((line) => !generationLine.test(line.text));
  const first = lines.findIndex(({ entry }) => entry !== undefined && names.includes(entry.name));
  return lines
    .flatMap((line, index) => {
      if (line.entry === undefined || !names.includes(line.entry.name)) return [line.text];
      const changed = changeLine(line.text, address);
      return index === first ? [mark, changed] : [changed];
    })
    .join('\n');
}

function changeLine(line: string, { host, port }: NodeAddress): string {
  const equals = line.indexOf('=', entryNameEnd(line));
  const head = line.slice(0, equals + 1);
  const kept = [...line.slice(equals + 1).matchAll(setting)].flatMap(([whole, key]) =>
    key === 'host' || key === 'port' ? [] : [whole],
  );
  return [`${head.trimEnd()} host=${host} port=${port}`, ...kept].join(' ');
}

/** A name in quotes may have "=" in it. */
function entryNameEnd(line: string): number {
  const [quoted = ''] = /^\s*"(?:[^"]|"")*"/.exec(line) ?? [];
  return quoted.length;
}
