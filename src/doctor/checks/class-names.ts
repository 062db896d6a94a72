import type { RuntimeClassFacts } from '../../cluster/view.ts';
import { DEBUG_CONSOLE, hasDebugConsole } from '../../profiles/flaws.ts';
import { atLeast } from '../../profiles/isolation.ts';
import type { ProfileTable } from '../../profiles/profile.ts';
import { promisedBy } from '../../profiles/promise.ts';
import type { Remark } from '../../report/checkup/checkup.ts';
import { isolationWords } from '../../report/words/terms.ts';
import { defineCheck, failure, warning } from '../check.ts';
import { DRAFT_PROFILE, isUnknown } from '../sandboxes.ts';

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
  const { isolation, isolationReason } = profiles.forHandler(handler);
  if (promised === undefined || atLeast(isolation, promised)) return [];
  const gap = `RuntimeClass "${name}" sounds like ${isolationWords(promised)}`;
  if (isUnknown(handler, profiles)) {
    return [
      warning(
        `${gap}, but no profile knows its handler "${handler}", so it counts as the host kernel.`,
        `${DRAFT_PROFILE} If nobody needs the class, delete it.`,
      ),
    ];
  }
  if (hasDebugConsole(handler)) {
    return [
      warning(
        `${gap}, but its handler "${handler}" counts as the host kernel: ${DEBUG_CONSOLE}.`,
        'Use the class only for debugging, or delete it.',
      ),
    ];
  }
  return [
    failure(
      `${gap}, but its handler "${handler}" is ${isolationWords(isolation)}${isolationReason === undefined ? '' : `: ${isolationReason}`}.`,
      'Delete the class. If Pods need it, create it again with the handler that its name stands for; the handler of an existing class cannot be changed.',
    ),
  ];
}
