import type { NotificationEvent } from './notification-events.ts';

/** What a phase of a run means to people. */
export interface PhaseDefinition {
  /** Nothing goes on until a person decides: people are reminded. */
  waitsForPerson?: true;
  /** What the run has done so far can still be undone. */
  undoable?: true;
  /** Sent when the run enters the phase. */
  notify?: NotificationEvent;
}

/** Something a person may ask of a run: a signal and an update of the same name. */
export interface VerbDefinition<Phase extends string = string> {
  /** Begins in lower case, as in a list of commands. */
  meaning: string;
  /** The phases in which the verb is accepted. */
  during: readonly Phase[];
  /** Why the verb is refused in every other phase. */
  otherwise: string;
  /** Refused without a name in `by`. */
  needsName?: true;
  /** What the verb may point at, so that a late one does not decide about something else. */
  takes?: 'stage' | 'revision';
  /** Undoes the run; listed after the verbs that move it on. */
  endsRun?: true;
  /** Arguments of the command, as its help shows them. */
  examples: readonly string[];
}

/** What everything that deals with runs needs to know of one kind of them. */
export interface KindDefinition<Spec, Phase extends string, Verb extends string> {
  family: string;
  /** What the `kind` of its spec is. */
  kind: string;
  workflowType: string;
  /** The workflow ID under which it must run: runs with the same one exclude each other. */
  lock(spec: Spec): string;
  phases: Readonly<Record<Phase, PhaseDefinition>>;
  verbs: Readonly<Record<Verb, VerbDefinition<Phase>>>;
}
