import type { KindDefinition, Subject } from './kind.ts';

/** A schedule's ID, taken apart. */
export interface ScheduleName {
  kind: string;
  environment: string;
  /** Of what its runs are about. */
  subject: string;
  name: string;
}

const prefix = 'schedule';

export function scheduleIdOf(
  { kind }: Pick<KindDefinition, 'kind'>,
  subject: Subject,
  name: string,
): string {
  return [prefix, kind, subject.environment, subject.name, name].join('/');
}

/** Undefined if the ID is not that of a schedule of runs. */
export function parseScheduleId(scheduleId: string): ScheduleName | undefined {
  const [first, kind, environment, subject, name, ...more] = scheduleId.split('/');
  if (first !== prefix || !kind || !environment || !subject || !name || more.length > 0) {
    return undefined;
  }
  return { kind, environment, subject, name };
}
