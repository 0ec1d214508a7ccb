/** What `pgbackrest verify --output=text --verbose` says. It exits with 0 also where all is broken. */
export interface VerifyReport {
  ok: boolean;
  /** Lines without a home, such as `No usable archive.info file`. */
  troubles: readonly string[];
  archives: readonly { id: string; total: number; valid: number }[];
  sets: readonly VerifiedSet[];
  /** Each file that it names on its log. */
  files: readonly { path: string; what: string }[];
}

interface VerifiedSet {
  label: string;
  status: string;
  checked: number;
  valid: number;
}

const patterns = {
  set: /^\s*backup: (\S+), status: ([^,]+), total files checked: (\d+), total valid files: (\d+)/,
  archive: /^\s*archiveId: (\S+), total WAL checked: (\d+), total valid WAL: (\d+)/,
  status: /^status: (\w+)/,
  counts: /^\s*missing: \d+/,
} as const;

/** `stdout` has the summary, `stderr` the log with `--log-level-stderr=info`. */
export function parseVerify({ stdout, stderr }: { stdout: string; stderr: string }): VerifyReport {
  const sets: VerifiedSet[] = [];
  const archives: { id: string; total: number; valid: number }[] = [];
  const troubles: string[] = [];
  let status = '';
  for (const line of stdout.split('\n')) {
    const [, label, setStatus, checked, valid] = patterns.set.exec(line) ?? [];
    const [, id, total, validWal] = patterns.archive.exec(line) ?? [];
    const found = patterns.status.exec(line)?.[1];
    if (label !== undefined && setStatus !== undefined) {
      sets.push({ label, status: setStatus, checked: Number(checked), valid: Number(valid) });
    } else if (id !== undefined) {
      archives.push({ id, total: Number(total), valid: Number(validWal) });
    } else if (found !== undefined) {
      status = found;
    } else if (line.trim() !== '' && !line.startsWith('stanza:') && !patterns.counts.test(line)) {
      troubles.push(line.trim());
    }
  }
  return { ok: status === 'ok', troubles, archives, sets, files: readFiles(stderr) };
}

function readFiles(log: string): { path: string; what: string }[] {
  return log.split('\n').flatMap((line) => {
    const [, what, path] =
      /INFO: (invalid checksum|file missing|invalid size) '([^']+)'/.exec(line) ?? [];
    if (what !== undefined && path !== undefined) return [{ path, what }];
    const [, broken, why] = /INFO: invalid result (\S+): (?:\[\d+\] )?(.*)$/.exec(line) ?? [];
    if (broken !== undefined) return [{ path: broken, what: `cannot be read: ${why ?? ''}` }];
    const [, twice] = /INFO: duplicate WAL '([0-9A-F]{24})'/.exec(line) ?? [];
    return twice === undefined ? [] : [{ path: twice, what: 'is stored more than once' }];
  });
}
