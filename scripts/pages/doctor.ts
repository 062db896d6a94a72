import { CHECKS, PREFLIGHT } from '../../src/doctor/checks/index.ts';
import type { KnownName } from '../../src/doctor/state.ts';
import { RESOURCES } from '../../src/kube/resources.ts';
import { code, page, table } from './markdown.ts';

const INTRO =
  '`cofferdam doctor` reads a cluster once and writes nothing. It says for each of these checks whether it holds (✓), and if not, how to mend it. ✗ means that Pods are turned away that should not be, or are not isolated as they should be; ! means that this may happen; - means that there is nothing to check, or something to know. It exits with 1 if there is a ✗, and with 2 if it has no answer. If it may not read something, it warns and names the right that it lacks; everything else is still checked. The ids are those of `-o json`. Each leads to what to do about it, and `doctor` names the same place below each ✗ and !.';

/** Every check, in the order in which doctor reports them. */
export function doctorPage(): string {
  const groups = Map.groupBy([...CHECKS, ...PREFLIGHT], ({ group }) => group);
  const sections = Array.from(groups, ([group, checks]) => {
    const rows = checks.map(({ id, title, reads }) => [
      `[${code(id)}](troubleshooting.md#${id})`,
      title,
      reads.map(resourceOf).join(', '),
    ]);
    return `## ${group}\n\n${table(['id', 'what holds if all is well', 'what it reads'], rows)}`;
  });
  return page('What doctor checks', 'src/doctor', INTRO, ...sections);
}

/** The name of the resource without its group. Workloads are described by their Pods. */
const resourceOf = (name: KnownName): string =>
  RESOURCES[name === 'workloads' || name === 'exemptPods' ? 'pods' : name].name.split('.')[0] as string;
