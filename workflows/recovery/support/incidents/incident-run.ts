import { isCancellation, workflowInfo } from '@temporalio/workflow';
import type { Notification } from '../../../../src/contracts/kernel/notifications.ts';
import type { StartRequest } from '../../../../src/contracts/kernel/messages.ts';
import type {
  IncidentDetails,
  IncidentFacts,
  IncidentStatus,
} from '../../../../src/contracts/recovery/incident.ts';
import { commandPath } from '../../../../src/kinds/command-name.ts';
import type { IncidentPhase } from '../../../../src/kinds/incident-phases.ts';
import { incidentVerbs, type IncidentVerb } from '../../../../src/kinds/incident-verbs.ts';
import type { NotificationEvent } from '../../../../src/kinds/notification-events.ts';
import { recoveryKinds } from '../../../../src/kinds/recovery.ts';
import type { Occasion } from '../../../../src/policies/kernel/notifications/compose-run-notification.ts';
import type { ClockAct } from '../../../../src/policies/recovery/incidents/incident-clock.ts';
import { incidentSteps } from '../../../../src/policies/recovery/incidents/incident-steps.ts';
import {
  describeNow,
  incidentWords,
} from '../../../../src/policies/recovery/incidents/incident-words.ts';
import type { Joining } from '../../../../src/policies/recovery/incidents/join-incident.ts';
import { judgeObjectives } from '../../../../src/policies/recovery/incidents/judge-objectives.ts';
import { renderIncidentDetails } from '../../../../src/render/recovery/render-incident-details.ts';
import type { IncidentSpec } from '../../../../src/specs/recovery/incident.ts';
import type { Continuation } from '../../../kernel/continuation.ts';
import { Mailbox } from '../../../kernel/mailbox.ts';
import { reasonOf } from '../../../kernel/reason-of.ts';
import { Run } from '../../../kernel/run.ts';
import type { SearchColumns } from '../../../kernel/show-run.ts';

/** What may have to be undone; earlier versions have armed these. */
export interface IncidentUndos {
  thaw(environment: string, turn?: number): Promise<void>;
}

type Words = Partial<Pick<Notification, 'title' | 'text' | 'severity' | 'to'>>;

interface News {
  event: NotificationEvent;
  words: Words;
}

/** An incident: handlers change its facts, and the story tells people and keeps the clock. */
export class IncidentRun extends Run<IncidentStatus, IncidentUndos, IncidentSpec> {
  readonly mailbox: Mailbox;
  /** Declarations that came before the spec was read. */
  readonly joining: Joining[] = [];
  #wantedEscalation: string | undefined;
  #facts: IncidentFacts | undefined;
  #news: News[] = [];
  #hasChanged = false;
  #backgroundActs = 0;
  #freezeChange: Promise<void> | undefined;

  constructor(start: {
    input: unknown;
    request: StartRequest | undefined;
    continuation: Continuation | undefined;
  }) {
    const mailbox = new Mailbox();
    const facts = start.continuation?.state as IncidentFacts | undefined;
    super({ kind: recoveryKinds.incident, ...start }, mailbox, (status) =>
      facts === undefined ? status : { ...status, phase: facts.phase, now: describeNow(facts) },
    );
    this.mailbox = mailbox;
    this.#facts = facts;
  }

  /** Undefined until the spec was read once. */
  get facts(): IncidentFacts | undefined {
    return this.#facts;
  }

  get known(): IncidentFacts {
    if (this.#facts === undefined) throw new Error('The facts begin with the spec');
    return this.#facts;
  }

  get hasChanged(): boolean {
    return this.#hasChanged;
  }

  /** Nothing joins it any more. */
  isEnding(): boolean {
    return !incidentVerbs.assign.during.includes(this.status.phase as IncidentPhase);
  }

  get isIdle(): boolean {
    return this.#backgroundActs === 0;
  }

  change(facts: IncidentFacts): void {
    this.#facts = facts;
    this.#hasChanged = true;
    this.enterPhase(facts.phase, describeNow(facts));
  }

  /** Somebody asks for the next level of the escalation now. */
  wantEscalation(by: string): void {
    this.#wantedEscalation = by;
    this.#hasChanged = true;
  }

  takeWantedEscalation(): string | undefined {
    const by = this.#wantedEscalation;
    this.#wantedEscalation = undefined;
    return by;
  }

  takeChange(): void {
    this.#hasChanged = false;
  }

  /** People are told of it once the story goes on: before that nobody knows whom to tell. */
  announce(event: NotificationEvent, words: Words = {}): void {
    this.#news.push({ event, words });
    this.#hasChanged = true;
  }

  notifyOfNews(): void {
    const news = this.#news;
    this.#news = [];
    for (const { event, words } of news) this.notifier.notify(event, undefined, words);
  }

  /** Goes on beside the clock, which waits for nothing; a failure is a note. */
  inBackground(what: string, act: () => Promise<void>): void {
    this.#backgroundActs += 1;
    void act()
      .catch((error: unknown) => {
        if (isCancellation(error)) return;
        this.notes.push(`${what}: ${reasonOf(error)}`);
      })
      .finally(() => {
        this.#backgroundActs -= 1;
        this.#hasChanged = true;
      });
  }

  get isChangingFreeze(): boolean {
    return this.#freezeChange !== undefined;
  }

  /** Freezes or thaws in the background: one at a time, so that no freeze lands after its thaw. */
  changeFreeze(what: string, act: () => Promise<void>): void {
    const change = act().finally(() => {
      this.#freezeChange = undefined;
    });
    this.#freezeChange = change;
    this.inBackground(what, () => change);
  }

  /** Returns when nothing freezes or thaws any more, whatever came of it. */
  async settleFreeze(): Promise<void> {
    await this.#freezeChange?.catch(() => undefined);
  }

  /** The number of the freeze that is made now: one after a thaw is another one. */
  countFreeze(): number {
    const { known } = this;
    const freezes = (known.freezes ?? 0) + 1;
    this.#facts = { ...known, freezes };
    return freezes;
  }

  showNext(act: ClockAct | undefined): void {
    if (act === undefined) delete this.status.next;
    else this.status.next = { atMs: act.atMs, what: act.kind };
  }

  override details(): IncidentDetails | Record<string, never> {
    if (this.spec === undefined || this.#facts === undefined) return {};
    const objectives = judgeObjectives(this.#facts, this.spec.rules[this.#facts.severity]);
    return { ...this.#facts, objectives };
  }

  override compose(occasion: Occasion): Notification {
    const composed = super.compose(occasion);
    if (this.#facts === undefined) return composed;
    const { accepts, workflowId, outcome, subject } = this.status;
    const offered = accepts.filter((verb) => offeredVerbs.includes(verb));
    return {
      ...composed,
      ...incidentWords(subject, this.#facts, occasion.event),
      id: [
        workflowInfo().runId,
        occasion.event,
        this.#facts.timeline.length,
        occasion.occurrence ?? 1,
      ].join(':'),
      commands: [
        `belay incident show ${workflowId}`,
        ...(outcome === undefined
          ? offered.map(
              (verb) =>
                `belay ${commandPath(verb, incidentVerbs[verb as IncidentVerb])} ${workflowId}`,
            )
          : []),
      ],
    };
  }

  protected override eventOfOutcome(outcome: string): NotificationEvent {
    if (outcome !== 'Resolved') return super.eventOfOutcome(outcome);
    return this.#facts?.postmortem === undefined ? 'incident-resolved' : 'postmortem-done';
  }

  protected override page(): string {
    return renderIncidentDetails(this.status);
  }

  protected override columns(): SearchColumns {
    const severity = this.#facts?.severity;
    return { ...super.columns(), ...(severity !== undefined && { severity }) };
  }

  protected override deriveStatus(): void {
    if (this.#facts === undefined) return;
    this.status.incident = this.#facts;
    if (this.spec !== undefined) {
      this.status.objectives = judgeObjectives(this.#facts, this.spec.rules[this.#facts.severity]);
    }
    this.status.steps = incidentSteps(this.#facts);
  }
}

/** What somebody who is called at night does first. */
const offeredVerbs = ['ack', 'update', 'mitigate', 'resolve', 'postmortem'];
