import type { ExitCode } from '../failure.ts';
import type { Sighting } from '../runs/follow-run.ts';
import { createDisplay, type WatchView } from './display.ts';

/** A run that is followed on a display, whatever its kind. */
export interface WatchedRun<Status, End, Watched> extends WatchView<Watched> {
  json: boolean;
  follow(everyMs: number): AsyncGenerator<Sighting<Status, End>, void>;
  /** The status, with what else is shown beside it. */
  watched(status: Status): Watched;
  showEnd(end: End): void;
  exitCodeOf(end: End): ExitCode;
}

/** What shells make of SIGINT: neither done nor not. */
const interrupted = 130;

/** Shows the run until it ends, and leaves its exit code behind. Ctrl-C leaves the run going on. */
export async function showUntilEnd<Status, End, Watched>(
  run: WatchedRun<Status, End, Watched>,
): Promise<void> {
  const display = createDisplay<Watched>(run, process.stdout, run.json);
  const leave = () => {
    display.leave();
    process.exit(interrupted);
  };
  process.once('SIGINT', leave);
  try {
    for await (const sighting of run.follow(display.everyMs)) {
      if (sighting.kind !== 'closed') {
        display.show(
          sighting.kind === 'status'
            ? { kind: 'status', ...run.watched(sighting.status) }
            : sighting,
        );
        continue;
      }
      display.done();
      run.showEnd(sighting.end);
      process.exitCode = run.exitCodeOf(sighting.end);
    }
  } finally {
    process.off('SIGINT', leave);
  }
}
