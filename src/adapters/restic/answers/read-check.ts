import type { ToolAnswer } from '../../../contracts/backups/provider.ts';
import type { Damage } from '../../../contracts/backups/store.ts';
import { oneLine } from './one-line.ts';

/** One thing that `restic check` found, and what it is in, as far as that is known. */
export interface Finding extends Damage {
  of:
    | { kind: 'pack'; id: string }
    | { kind: 'blob'; id: string }
    | { kind: 'tree'; id: string }
    | { kind: 'snapshot'; id: string }
    /** Nothing of the repository can be relied on. */
    | { kind: 'all' };
}

export interface CheckReport {
  findings: readonly Finding[];
  /** Packs that no index names: of a backup that was killed, or put there by somebody else. */
  orphans: readonly string[];
  /** It came to its end, and said that it had found nothing. */
  isClean: boolean;
}

/** Of `restic check`, which writes text whatever is asked for. */
export function readCheck({ exitCode, stdout, stderr }: ToolAnswer): CheckReport {
  const text = `${stdout}\n${stderr}`;
  const orphans = ids(text, /^pack (?<id>\w+): not referenced in any index/gm);
  const named = [...findPacks(text), ...findTrees(text), ...findFiles(text)];
  const isClean = exitCode === 0 && /^no errors were found$/m.test(stdout);
  if (isClean || named.length > 0) return { findings: unique(named), orphans, isClean };
  const said = stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.includes('retrying'));
  const what = `restic check ended with exit code ${exitCode}: ${oneLine(said.join('; '))}`;
  return { findings: [{ of: { kind: 'all' }, where: 'the repository', what }], orphans, isClean };
}

function findPacks(text: string): Finding[] {
  const ofPack = (id: string, what: string): Finding => ({
    of: { kind: 'pack', id },
    where: `pack ${id}`,
    what,
  });
  return text.split('\n').flatMap((line) => {
    const mismatch = /^Pack ID does not match, want (?<id>\w+), got (?<got>\w+)/i.exec(
      line,
    )?.groups;
    if (mismatch) {
      return [
        ofPack(
          mismatch['id'] ?? '',
          `its content is not what was written: its hash is ${mismatch['got'] ?? ''}`,
        ),
      ];
    }
    const other = /^(?:error: )?pack (?<id>[0-9a-f]{8,64}):? (?<what>.*)$/i.exec(line)?.groups;
    const { id = '', what = '' } = other ?? {};
    if (id === '' || what.startsWith('not referenced')) return [];
    if (what === 'does not exist') return [ofPack(id, 'it is missing')];
    // As restic 0.17 and later say it.
    const got = /unexpected pack id (?<got>[0-9a-f]{64})/.exec(what)?.groups?.['got'];
    if (got !== undefined) {
      return [ofPack(id, `its content is not what was written: its hash is ${got}`)];
    }
    const size = /^unexpected file size: got (?<got>\d+), expected (?<expected>\d+)/.exec(
      what,
    )?.groups;
    if (size) {
      return [ofPack(id, `it has ${size['got'] ?? ''} bytes instead of ${size['expected'] ?? ''}`)];
    }
    return [ofPack(id, oneLine(what))];
  });
}

/** `error for tree X:` is followed by what is wrong with it, on lines of their own. */
function findTrees(text: string): Finding[] {
  const lines = text.split('\n');
  return lines.flatMap((line, at) => {
    const id = /^error for tree (?<id>\w+):/.exec(line)?.groups?.['id'];
    if (id === undefined) return [];
    const following = lines.slice(at + 1);
    const end = following.findIndex((one) => !one.startsWith('  '));
    return following.slice(0, end === -1 ? undefined : end).map((detail): Finding => {
      const blob = /blob (?<id>[0-9a-f]{64}) not found in index/.exec(detail)?.groups?.['id'];
      return {
        of: blob === undefined ? { kind: 'tree', id } : { kind: 'blob', id: blob },
        where: `folder list ${id}`,
        what: oneLine(detail),
      };
    });
  });
}

/** Snapshots and indexes; without an index nothing can be found. */
function findFiles(text: string): Finding[] {
  return text.split('\n').flatMap((line): Finding[] => {
    const snapshot = /(?:load |LoadRaw\()<snapshot\/(?<id>\w+)>\)?: (?<what>.*)$/.exec(
      line,
    )?.groups;
    if (snapshot) {
      const { id = '', what = '' } = snapshot;
      return [{ of: { kind: 'snapshot', id }, where: `snapshot ${id}`, what: oneLine(what) }];
    }
    const index = /error loading index (?<id>\w+): (?<what>.*)$/.exec(line)?.groups;
    if (!index) return [];
    const { id = '', what = '' } = index;
    return [{ of: { kind: 'all' }, where: `index ${id}`, what: oneLine(what) }];
  });
}

/** The first that is said of each: restic repeats itself where it tries again. */
function unique(findings: readonly Finding[]): Finding[] {
  const byWhere = new Map<string, Finding>();
  for (const finding of findings) {
    const { of } = finding;
    const key = of.kind === 'blob' ? `${finding.where} ${of.id}` : finding.where;
    if (!byWhere.has(key)) byWhere.set(key, finding);
  }
  return [...byWhere.values()];
}

function ids(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].map(({ groups }) => groups?.['id'] ?? ''))];
}
