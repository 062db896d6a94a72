import { list, quote } from '../../source/text.ts';
import { defineCheck, failure, note } from '../check.ts';
import { DRAFT_PROFILE, isUnknown, sandboxes } from '../sandboxes.ts';

/** Whatever needs a sandbox is rejected where no class isolates more than the host kernel. */
export const sandboxClasses = defineCheck({
  id: 'sandbox-classes',
  group: 'Sandboxes',
  title: 'there is a RuntimeClass of a sandbox',
  reads: ['runtimeClasses'],
  run: ({ runtimeClasses }, { snapshot }) => {
    const found = sandboxes(runtimeClasses, snapshot.profiles);
    const unknown = runtimeClasses
      .filter(({ handler }) => isUnknown(handler, snapshot.profiles))
      .map(({ name, handler }) =>
        note(
          `Nothing is known of the handler ${quote(handler)} of RuntimeClass ${quote(name)}, so it counts as the host kernel.`,
          DRAFT_PROFILE,
        ),
      );
    if (found.length === 0) {
      return {
        seen: 'none',
        remarks: [
          failure(
            'No RuntimeClass has a handler that is known to isolate more than the host kernel, so every Pod that needs a sandbox would be rejected.',
            'Install gVisor or Kata Containers on some nodes, and make a RuntimeClass for it.',
          ),
          ...unknown,
        ],
      };
    }
    return { seen: list(found.map(({ name, isolation }) => `${name} (${isolation})`)), remarks: unknown };
  },
});
