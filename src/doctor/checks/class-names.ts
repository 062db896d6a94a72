import type { RuntimeClassFacts } from '../../cluster/view.ts';
import { atLeast } from '../../profiles/isolation.ts';
import type { ProfileTable } from '../../profiles/profile.ts';
import { promisedBy } from '../../profiles/promise.ts';
import type { Remark } from '../../report/checkup/checkup.ts';
import { isolationWords } from '../../report/words.ts';
import { defineCheck, failure, warning } from '../check.ts';
import { DRAFT_PROFILE } from '../sandboxes.ts';

/** A class is what its handler is, whatever it is called; people who set it by name believe the name. */
export const classNames = defineCheck({
  id: 'class-names',
  group: 'Sandboxes',
  title: 'no RuntimeClass promises more than its handler gives',
  reads: ['runtimeClasses'],
  run: ({ runtimeClasses }, { snapshot }) => ({
    remarks: runtimeClasses.flatMap(facts => remarkOn(facts, snapshot.profiles)),
  }),
});

function remarkOn({ name, handler }: RuntimeClassFacts, profiles: ProfileTable): readonly Remark[] {
  const promised = promisedBy(name);
  const { isolation, isolationReason, handlers } = profiles.forHandler(handler);
  if (promised === undefined || atLeast(isolation, promised)) return [];
  const gap = `RuntimeClass "${name}" sounds like ${isolationWords(promised)}`;
  if (!handlers.includes(handler)) {
    return [
      warning(
        `${gap}, but nothing is known of its handler "${handler}", which so counts as the host kernel.`,
        `${DRAFT_PROFILE} Or delete the class.`,
      ),
    ];
  }
  return [
    failure(
      `${gap}, but its handler "${handler}" is ${isolationWords(isolation)}${isolationReason === undefined ? '' : `: ${isolationReason}`}.`,
      'Delete the class, or make it anew with the handler that its name stands for (a handler cannot be changed).',
    ),
  ];
}
