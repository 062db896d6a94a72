import { list, quote } from '../../report/text.ts';
import { defineCheck, failure, note } from '../check.ts';
import { DRAFT_PROFILE, sandboxes, unknownClasses } from '../sandboxes.ts';

/** Without a class that isolates more than the host kernel, whatever needs a sandbox is rejected. */
export const sandboxClasses = defineCheck({
  id: 'sandbox-classes',
  group: 'Sandboxes',
  title: 'there is a RuntimeClass of a sandbox',
  reads: ['runtimeClasses'],
  run: ({ runtimeClasses }, { snapshot }) => {
    const found = sandboxes(runtimeClasses, snapshot.profiles);
    const unknown = unknownClasses(runtimeClasses, snapshot.profiles).map(facts =>
      note(
        `Nothing is known of the handler ${quote(facts.handler)} of RuntimeClass ${quote(facts.name)}, which so counts as the host kernel.`,
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
