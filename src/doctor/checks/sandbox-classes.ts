import { list } from '../../report/text.ts';
import { defineCheck, failure } from '../check.ts';
import { sandboxes } from '../sandboxes.ts';

/** Without a class that isolates more than the host kernel, whatever needs a sandbox is rejected. */
export const sandboxClasses = defineCheck({
  id: 'sandbox-classes',
  group: 'Sandboxes',
  title: 'there is a RuntimeClass of a sandbox',
  reads: ['runtimeClasses'],
  run: ({ runtimeClasses }, { snapshot }) => {
    const found = sandboxes(runtimeClasses, snapshot.profiles);
    if (found.length === 0) {
      return {
        seen: 'none',
        remarks: [
          failure(
            'No RuntimeClass has a handler that is known to isolate more than the host kernel, so every Pod that needs a sandbox would be rejected.',
            'Install gVisor or Kata Containers on some nodes, and make a RuntimeClass for it.',
          ),
        ],
      };
    }
    return { seen: list(found.map(({ name, isolation }) => `${name} (${isolation})`)), remarks: [] };
  },
});
