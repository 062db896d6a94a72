import { list, quote } from '../../source/text.ts';
import { defineCheck, failure, note } from '../check.ts';
import { DRAFT_PROFILE, isUnknown, sandboxes } from '../sandboxes.ts';

/** Where no class isolates more than the host kernel, everything that needs a sandbox is rejected. */
export const sandboxClasses = defineCheck({
  id: 'sandbox-classes',
  group: 'Sandboxes',
  title: 'at least one RuntimeClass starts a sandbox',
  reads: ['runtimeClasses'],
  run: ({ runtimeClasses }, { snapshot }) => {
    const found = sandboxes(runtimeClasses, snapshot.profiles);
    const unknown = runtimeClasses
      .filter(({ handler }) => isUnknown(handler, snapshot.profiles))
      .map(({ name, handler }) =>
        note(
          `No profile knows the handler ${quote(handler)} of RuntimeClass ${quote(name)}, so it counts as the host kernel.`,
          DRAFT_PROFILE,
        ),
      );
    if (found.length === 0) {
      return {
        seen: 'none',
        remarks: [
          failure(
            'No RuntimeClass has a handler that is known to isolate a Pod from the host kernel, so every Pod that needs a sandbox is rejected.',
            'Install gVisor or Kata Containers on some nodes, and create a RuntimeClass for it (docs/nodes.md).',
          ),
          ...unknown,
        ],
      };
    }
    return { seen: list(found.map(({ name, isolation }) => `${name} (${isolation})`)), remarks: unknown };
  },
});
