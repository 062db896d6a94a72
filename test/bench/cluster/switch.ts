import type { Api } from './api.ts';
import type { Control } from './controls.ts';
import { NOTHING, untilEffective } from './effect.ts';
import { createAll, deleteAll } from './objects.ts';

/** Does something while only this control admits Pods; makes sure that it did so, and that it no longer does. */
export async function under<T>(api: Api, { name, steps }: Control, work: () => Promise<T>): Promise<T> {
  const switches = steps.flatMap(({ part }) => part.switches);
  try {
    for (const { part, effect } of steps) {
      await createAll(api, part.switches);
      await untilEffective(api, name, effect);
    }
    return await work();
  } finally {
    await deleteAll(api, switches);
    if (switches.length > 0) await untilEffective(api, `after ${name}`, NOTHING);
  }
}
