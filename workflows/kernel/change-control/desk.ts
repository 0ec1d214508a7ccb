import { setCurrentDetails } from '@temporalio/workflow';
import type {
  ChangeControlState,
  Freeze,
  GiveBackInput,
  Permit,
  PermitRequest,
} from '../../../src/contracts/kernel/change-control.ts';
import { withRecord } from '../../../src/policies/kernel/change-control/change-records.ts';
import { renderChangeControl } from '../../../src/render/kernel/render-change-control.ts';

/** A question that arrives late is late by minutes at most. */
const keptEnds = 100;

/** What change control keeps, and how it changes. Every change is shown in the Web UI. */
export class Desk {
  readonly state: ChangeControlState;
  /** The length of the history when a message was answered last: it tells one task from another. */
  answeredAt = 0;

  constructor(state: ChangeControlState) {
    this.state = state;
    this.#show();
  }

  get environment(): string {
    return this.state.environment;
  }

  grant({ runId: _, ...request }: PermitRequest, notes: string[]): void {
    // A workflow ID is a lock: its earlier run is over.
    const others = this.state.permits.filter(({ workflowId }) => workflowId !== request.workflowId);
    this.state.permits = [...others, { ...request, sinceMs: Date.now(), notes }];
    for (const note of notes) this.record(`${request.workflowId}: ${note}`);
    this.#show();
  }

  takeBack({ runRef, runId }: GiveBackInput): void {
    if (runId !== undefined)
      this.state.ended = [...(this.state.ended ?? []), runId].slice(-keptEnds);
    this.dropPermits((permit) => permit.runRef === runRef);
  }

  dropPermits(isGone: (permit: Permit) => boolean): void {
    this.state.permits = this.state.permits.filter((permit) => !isGone(permit));
    this.#show();
  }

  addFreeze(wanted: Omit<Freeze, 'id' | 'sinceMs'>): Freeze {
    const freeze = { id: this.state.nextFreeze, ...wanted, sinceMs: Date.now() };
    this.state.nextFreeze += 1;
    this.state.freezes = [...this.state.freezes, freeze];
    this.#show();
    return freeze;
  }

  replaceFreeze(changed: Freeze): void {
    this.state.freezes = this.state.freezes.map((freeze) =>
      freeze.id === changed.id ? changed : freeze,
    );
    this.#show();
  }

  dropFreezes(isGone: (freeze: Freeze) => boolean): void {
    this.state.freezes = this.state.freezes.filter((freeze) => !isGone(freeze));
    this.#show();
  }

  setLever(lever: ChangeControlState['lever']): void {
    if (lever === undefined) delete this.state.lever;
    else this.state.lever = lever;
    this.#show();
  }

  record(text: string): void {
    this.state.records = withRecord(this.state.records, { atMs: Date.now(), text });
    this.#show();
  }

  #show(): void {
    setCurrentDetails(renderChangeControl(this.state));
  }
}
