const zonedPattern = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(\.\d+)?\s?(Z|[+-]\d\d:?\d\d)$/i;
const localPattern = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?)?$/;

const acceptedMoments =
  'write a time with its offset, such as 2026-12-24T18:00+01:00 or 2026-12-24T17:00Z';

/** A moment in milliseconds; a time that several moments could be is refused. */
export function readMoment(text: string): { ms: number } | { problem: string } {
  const given = JSON.stringify(text.slice(0, 60));
  const parts = zonedPattern.exec(text.trim());
  if (parts === null) {
    const why = localPattern.test(text.trim())
      ? 'has no offset, so it is another moment in each time zone'
      : 'is not a time';
    return { problem: `${given} ${why}; ${acceptedMoments}` };
  }
  const [, day = '', clock = '', fraction = '', offset = ''] = parts;
  const colon = /^[+-]\d{4}$/.test(offset) ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset;
  const ms = Date.parse(`${day}T${clock}${colon.toUpperCase()}`);
  if (Number.isNaN(ms) || !isOnCalendar(day)) {
    return { problem: `${given} is on no calendar; ${acceptedMoments}` };
  }
  // What is finer than a millisecond is cut off.
  return { ms: ms + Number(fraction.slice(1, 4).padEnd(3, '0')) };
}

/** 30 February is not: a Date would make it 2 March. */
function isOnCalendar(day: string): boolean {
  const midnight = new Date(`${day}T00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}
