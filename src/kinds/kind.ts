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

/** What a verb takes beside who sends it and why: always text. */
export interface VerbArgument {
  /** Begins in lower case, as in a list of options. */
  meaning: string;
  required?: true;
  /** The values that are accepted. */
  oneOf?: readonly string[];
  /** Absent: any text. A moment has its offset from UTC. */
  form?: 'moment' | 'date' | 'link';
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
  /** Refused without a reason in `why`. */
  needsReason?: true;
  /** What the verb may point at, so that a late one does not decide about something else. */
  takes?: 'stage' | 'revision' | 'step';
  /** The keys of `with` in the message, and the options of the command. */
  with?: Readonly<Record<string, VerbArgument>>;
  /** The command that its own stands below: `incident` for `belay incident ack`. Absent: none. */
  below?: string;
  /** Undoes the run; listed after the verbs that move it on. */
  endsRun?: true;
  /** Arguments of the command, as its help shows them. */
  examples: readonly string[];
}

/** What a run is about: the environment and the name in its workflow ID. */
export interface Subject {
  environment: string;
  name: string;
}

/**
 * What happens to a start while a run with the same workflow ID is open. That the open run gives way
 * is no part of the kernel: rollouts have a message of their own for it, `deploy`.
 */
export type WhenOpen =
  | 'refuse'
  /** A scheduled start is counted as skipped. */
  | 'skip'
  /** The caller gets the open run. */
  | 'join';

/** What everything that deals with runs needs to know of one kind of them. Data alone, but for `subject`. */
export interface KindDefinition<
  Spec = unknown,
  Phase extends string = string,
  Verb extends string = string,
> {
  family: string;
  /** What the `kind` of its spec is. */
  kind: string;
  workflowType: string;
  /** What people call a run of it, where its kind is not a word: `restore drill`. */
  noun?: string;
  /** Begins its workflow ID, `<lock>/<environment>/<name>`: runs with the same ID exclude each other. */
  lock: string;
  /** What the name in its workflow ID is of, as in a sentence: `service`. */
  subjectName: string;
  subject(spec: Spec): Subject;
  whenOpen: WhenOpen;
  /** A Temporal Schedule may start it. */
  schedulable?: true;
  phases: Readonly<Record<Phase, PhaseDefinition>>;
  verbs: Readonly<Record<Verb, VerbDefinition<Phase>>>;
  /** The outcomes for which `belay watch` exits with 0. */
  successes: readonly string[];
  /** Those besides that nobody has to see to: there was nothing to do. They are announced as successes. */
  harmless?: readonly string[];
}

/** A kind whose spec nobody looks at. */
export type AnyKind = KindDefinition<never>;
