import { draftedExemption, toFillIn } from '../../decision/draft-exemption.ts';
import { decideCreation, type Ground } from '../../decision/ground.ts';
import { asUnnamed, signalsToWaive } from '../../decision/to-waive.ts';
import type { PodSubject } from '../../input/subjects.ts';
import type { Pod } from '../../pod/kube.ts';
import { compileExemption } from '../../policy/exemption.ts';
import type { Snapshot } from '../../policy/policy.ts';
import type { SandboxExemption } from '../../policy/types.gen.ts';
import type { Draft } from '../../report/explain/explained.ts';
import type { ReviewedSubject } from '../judging/reviewed.ts';

/**
 * The narrowest exemption for an object, and what it leads to.
 * @param now milliseconds since the epoch
 * @param taken names of exemptions, besides those in force
 */
export function draftFor(
  subject: PodSubject,
  { result, judged }: ReviewedSubject,
  ground: Ground,
  now: number,
  taken: readonly string[] = [],
): Draft {
  const { snapshot, view } = ground;
  // For a part of a Pod, neither the images are known, nor what else it will ask for.
  const unnamed = asUnnamed(result.decision);
  const decision = unnamed ?? result.decision;
  if (subject.isFragment || signalsToWaive(decision).length === 0) return {};
  const { isImageOpen } = result;
  const fillIn = toFillIn(result) ?? (isImageOpen ? 'image' : undefined);
  const names = [...snapshot.exemptions.map(({ name }) => name), ...taken];
  const draft = isImageOpen ? undefined : draftedExemption(decision, result, subject.pod, now, names);
  const exempt = unnamed ? withoutName(judged.subject) : judged.subject;
  return {
    ...(draft && {
      exemption: draft,
      withExemption: decideCreation(exempt, { view, snapshot: withDraft(snapshot, draft) }, now),
    }),
    ...(fillIn && { fillIn }),
    ...(unnamed && { isUnnamed: true }),
  };
}

/** The object without the name of a class, where an exemption only helps without it. */
const withoutName = <T extends Pick<PodSubject, 'pod'>>(subject: T): T => {
  const { runtimeClassName: _, ...spec } = subject.pod.spec ?? {};
  return { ...subject, pod: { ...subject.pod, spec } as Pod };
};

/** The snapshot as it would be with the draft in force. */
const withDraft = (snapshot: Snapshot, draft: SandboxExemption): Snapshot => ({
  ...snapshot,
  exemptions: [...snapshot.exemptions, compileExemption(draft)],
});
