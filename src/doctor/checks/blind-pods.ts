import type { Remark } from '../../report/checkup/checkup.ts';
import { unservedPaths } from '../../report/words/objection.ts';
import { count, quote } from '../../source/text.ts';
import { defineCheck, idle, warning } from '../check.ts';
import type { Workload } from '../workloads.ts';

/**
 * What is waived, but not served by the sandbox that the Pod runs in. The Pod got into that sandbox before this was checked;
 * its successor will not.
 */
export const blindPods = defineCheck({
  id: 'blind-pods',
  group: 'Exemptions',
  title: 'every exempt Pod sees the paths of the host that it is exempt for',
  reads: ['exemptPods'],
  run: ({ exemptPods }) => {
    const remarks = exemptPods.flatMap(remarkOn);
    if (exemptPods.length === 0)
      return idle('no exemption that waives a path of the host applies where a Pod runs');
    return { seen: `${count(exemptPods.length, 'Pod')} judged`, remarks };
  },
});

function remarkOn({ result, pod }: Workload): readonly Remark[] {
  const { name, namespace, decision } = result;
  const here = decision.placement.find(({ runtimeClass }) => runtimeClass === pod.spec?.runtimeClassName);
  const unserved = (here?.objections ?? []).filter(({ code }) => code === 'not-served');
  if (!here || unserved.length === 0) return [];
  const paths = unservedPaths(unserved.map(({ detail }) => detail).join(', '));
  const next = decision.verdict === 'reject' ? 'rejected' : 'put into another class';
  return [
    warning(
      `Pod ${quote(name)} in ${quote(namespace)} runs in RuntimeClass ${quote(here.runtimeClass)}, which does not serve ${paths}. The Pod sees nothing of the host there, and its successor would be ${next}.`,
      'If the Pod needs the path, extend its exemption to everything else that keeps it off the host kernel. If it does not, remove the volume. If the handler does serve the path, say so in a SandboxProfile.',
    ),
  ];
}
