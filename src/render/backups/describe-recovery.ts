import type { RecoveryRange } from '../../policies/backups/recovery-windows.ts';

/**
 * `you can go back to any moment from A to the last commit that was archived by B, except …`, in one line:
 * when a segment was archived says nothing of when the last transaction in it was committed.
 */
export function describeRecovery(
  { windows, gaps, moments }: RecoveryRange,
  moment: (atMs: number) => string,
): string {
  const [first] = windows;
  const last = windows.at(-1);
  if (first === undefined || last === undefined) return describeMoments(moments, moment);
  const untilMs = Math.max(last.untilMs, ...gaps.map((gap) => gap.untilMs));
  const except = gaps.map(
    (gap) =>
      `from the last commit before ${moment(gap.fromMs)} to ${moment(gap.untilMs)} (${gap.why})`,
  );
  const line = `you can go back to any moment from ${moment(first.fromMs)} to the last commit that was archived by ${moment(untilMs)}`;
  return [
    line,
    ...(except.length === 0 ? [] : [`except ${except.join(' and ')}`]),
    ...(moments.length === 0 ? [] : [describeEnds(moments, moment)]),
  ].join(', ');
}

const mostEnds = 3;

function describeEnds(moments: RecoveryRange['moments'], moment: (atMs: number) => string): string {
  const shown = moments.slice(0, mostEnds).map(({ label, atMs }) => `${moment(atMs)} (${label})`);
  const more = moments.length - shown.length;
  const rest = more === 0 ? '' : ` and ${more} more`;
  return `and to the end of ${moments.length === 1 ? 'a set' : 'some sets'}: ${shown.join(', ')}${rest}`;
}

function describeMoments(
  moments: RecoveryRange['moments'],
  moment: (atMs: number) => string,
): string {
  const [first] = moments;
  const last = moments.at(-1);
  if (first === undefined || last === undefined) {
    return 'you cannot go back to any moment: there is no set that can be restored';
  }
  if (moments.length === 1)
    return `you can go back to ${moment(first.atMs)}, and to no other moment`;
  return `you can go back to ${moments.length} moments from ${moment(first.atMs)} to ${moment(last.atMs)}: the end of each set`;
}
