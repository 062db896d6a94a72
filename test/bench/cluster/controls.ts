import { celPart } from './cel.ts';
import { echoPart } from './echo.ts';
import type { Effect } from './effect.ts';
import { DENIES, INJECTS } from './effect.ts';
import { guardPart } from './guard.ts';
import type { KubeObject } from './objects.ts';
import type { ControlName } from './options.ts';
import { gatekeeperPart } from './peers/gatekeeper.ts';
import { peprPart } from './peers/pepr.ts';
import { webhookParts } from './webhooks.ts';

/** Something that admits Pods, wholly or in part. Its processes run on, idle, while others are measured. */
export interface Part {
  /** Objects that exist from the first round to the last, and do nothing by themselves: policies without their bindings. */
  readonly standing: readonly KubeObject[];
  /** The objects that make it take effect. */
  readonly switches: readonly KubeObject[];
  /** The ids of its processes; empty where the API server does everything. */
  readonly pids: readonly number[];
}

/** A part that is switched on, and the outcome for Pods from then on. */
export interface Step {
  readonly part: Part;
  readonly effect: Effect;
}

export interface Control {
  readonly name: ControlName;
  /** The steps are switched on one after the other. */
  readonly steps: readonly Step[];
  /** Whether the control sets no class, so that the high-risk Pod names its own. */
  readonly namesClass: boolean;
}

/** Starts what these controls need. `stop` ends it, also what was started before something failed. */
export async function prepareControls(
  names: readonly ControlName[],
  stop: Stoppers,
): Promise<readonly Control[]> {
  const wants = (...some: readonly ControlName[]) => some.some(name => names.includes(name));
  const steps: Partial<Record<ControlName, readonly Step[]>> = { none: [] };
  if (wants('cel')) steps.cel = [{ part: await celPart(), effect: INJECTS }];
  if (wants('echo')) steps.echo = [{ part: await echoPart(stop), effect: INJECTS }];
  const guard = wants('guard', 'enforce', 'enforce-lean') && { part: await guardPart(), effect: DENIES };
  if (guard) steps.guard = [guard];
  if (wants('webhooks', 'enforce', 'enforce-lean')) {
    const parts = await webhookParts(stop);
    steps.webhooks = [{ part: parts.alone, effect: INJECTS }];
    if (guard) steps.enforce = [guard, { part: parts.beside, effect: INJECTS }];
    if (guard) steps['enforce-lean'] = [guard, { part: parts.lean, effect: INJECTS }];
  }
  if (wants('pepr')) steps.pepr = [{ part: await peprPart(stop), effect: INJECTS }];
  if (wants('gatekeeper')) steps.gatekeeper = [{ part: await gatekeeperPart(stop), effect: INJECTS }];
  return names.map(name => ({ name, steps: steps[name] ?? [], namesClass: name === 'guard' }));
}

/** The functions that end what the run has started. */
export type Stoppers = (() => Promise<void>)[];
