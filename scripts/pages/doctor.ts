import { CHECKS, PREFLIGHT } from '../../src/doctor/checks/index.ts';
import type { KnownName } from '../../src/doctor/state.ts';
import { RESOURCES } from '../../src/kube/resources.ts';
import { code, page, table } from './markdown.ts';

const INTRO =
  '`cofferdam doctor` reads a cluster once, writes nothing, and says of each of these whether it holds (✓), and if not how to mend it: ✗ where Pods are turned away, or not isolated, that should not be; ! where that may come; - where there is nothing to check, or something to know. It exits with 1 where a ✗ is, and with 2 where it has no answer. What it may not read is a warning that names the right it lacks; the rest is still checked. The ids are those of `-o json`, and lead to what to do about each; `doctor` names the same place below each ✗ and !.';

/** Every check, in the order in which they are told. */
export function doctorPage(): string {
  const groups = Map.groupBy([...CHECKS, ...PREFLIGHT], ({ group }) => group);
  const sections = Array.from(groups, ([group, checks]) => {
    const rows = checks.map(({ id, title, reads }) => [
      `[${code(id)}](troubleshooting.md#${id})`,
      title,
      reads.map(resourceOf).join(', '),
    ]);
    return `## ${group}\n\n${table(['id', 'what holds where all is well', 'reads'], rows)}`;
  });
  return page('What doctor checks', 'src/doctor', INTRO, ...sections);
}

/** Without its group, which its name tells. Workloads are told by their Pods. */
const resourceOf = (name: KnownName): string =>
  RESOURCES[name === 'workloads' || name === 'exemptPods' ? 'pods' : name].name.split('.')[0] as string;
