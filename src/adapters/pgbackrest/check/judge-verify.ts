import type { Damage } from '../../../contracts/backups/store.ts';
import type { VerifyReport } from '../repository/verify-report.ts';

export interface CheckedSet {
  label: string;
  needs: readonly string[];
  /** The first segment that its restore reads. */
  firstSegment?: string;
}

const most = 200;

/**
 * What a verification of the whole repository says of one set: of it, of all that it builds on, and
 * of the log from its beginning. What is wrong with anything else is `elsewhere`.
 */
export function judgeVerify(
  report: VerifyReport,
  { label, needs, firstSegment }: CheckedSet,
): { damage: Damage[]; elsewhere: Damage[] } {
  const chain = [...needs, label];
  const isOwn = ({ path }: { path: string }) => {
    if (chain.some((one) => path.startsWith(`${one}/`))) return true;
    const segment = /(?:^|\/)([0-9A-F]{24})(?:-|$)/.exec(path)?.[1];
    if (segment === undefined || firstSegment === undefined) return false;
    return segment.slice(8) >= firstSegment.slice(8);
  };
  const own = report.files.filter(isOwn);
  const others = report.files.filter((file) => !isOwn(file));
  const troubles = report.troubles.map((what) => ({ where: 'repository', what }));
  const isSilent = report.sets.length === 0 && troubles.length === 0;
  return {
    damage: [
      ...listFiles(own),
      ...chain.flatMap((one) => judgeSet(report, one, own)),
      ...troubles,
      ...(isSilent ? [{ where: label, what: 'the verification said nothing about any set' }] : []),
    ],
    elsewhere: listFiles(others),
  };
}

function listFiles(files: VerifyReport['files']): Damage[] {
  const listed = files.slice(0, most).map(({ path, what }) => ({ where: path, what }));
  if (files.length <= most) return listed;
  return [
    ...listed,
    { where: 'repository', what: `${files.length - most} more files are damaged` },
  ];
}

/** What its line in the summary says, beyond the files that are named already. */
function judgeSet(
  { sets }: VerifyReport,
  label: string,
  named: readonly { path: string }[],
): Damage[] {
  const found = sets.find((one) => one.label === label);
  if (found === undefined) return [{ where: label, what: 'was not verified' }];
  const { status, checked, valid } = found;
  if (status === 'valid' && checked > 0 && checked === valid) return [];
  if (named.some(({ path }) => path.startsWith(`${label}/`))) return [];
  return [{ where: label, what: `${status}: ${valid} of ${checked} files are sound` }];
}
