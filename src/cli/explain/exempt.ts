import type { SandboxExemption } from '../../policy/types.gen.ts';
import { exemptionsJson, exemptionsYaml } from '../../report/explain/exemptions.ts';
import type { Draft } from '../../report/explain/explained.ts';
import { placeWords } from '../../report/layout/problem.ts';
import type { Reviewed } from '../../report/result.ts';
import { fixSentence } from '../../report/words/fix.ts';
import { leadsWords } from '../../report/words/leads.ts';
import { objectName } from '../../report/words/terms.ts';
import { clean } from '../../source/text.ts';
import { Failure } from '../console/failure.ts';
import type { CliIo, ExitCode } from '../console/io.ts';
import { parseOutputs, writeAll } from '../console/output.ts';
import { refuseJudged } from '../console/same-file.ts';
import { type Asked, ask, type ExplainOptions } from './asked.ts';
import { draftFor } from './draft.ts';
import { candidatesOf } from './judge.ts';

const FORMATS = { text: exemptionsYaml, json: exemptionsJson };

/** Drafts an exemption for each rejected object; standard error says what each leads to. */
export async function exempt(
  files: readonly string[],
  options: ExplainOptions,
  io: CliIo,
): Promise<ExitCode> {
  const outputs = parseOutputs(options, FORMATS);
  const asked = await ask(files, options, io);
  refuseServices(asked);
  const now = Date.now();
  const { all, isPart } = candidatesOf(asked, options, now, io);
  const rejected = all.filter(
    ({ review: { result } }) => result.decision.verdict === 'reject' && !result.outOfScope,
  );
  const drafts: SandboxExemption[] = [];
  for (const { subject, review } of rejected) {
    const taken = drafts.map(({ metadata }) => metadata.name);
    const draft = draftFor(subject, review, asked.groundOf(subject), now, taken);
    if (draft.exemption) drafts.push(draft.exemption);
    io.err(`${draftedSentence(review.result, draft)}\n`);
  }
  if (rejected.length === 0) io.err('nothing to exempt: no object is rejected\n');
  refuseJudged(
    outputs.map(({ file }) => file),
    all.map(({ review: { result } }) => result.source),
  );
  await writeAll(outputs, FORMATS, drafts, io);
  if (isPart) return 2;
  return drafts.length < rejected.length ? 1 : 0;
}

/** @throws Failure where one of them is a service of a Compose file */
function refuseServices({ input }: Asked): void {
  const service = input.subjects.find(({ isService }) => isService);
  if (!service) return;
  throw new Failure(
    `--exempt is about manifests, and ${service.name} is a service of a Compose file`,
    `"cofferdam explain --name ${clean(service.name)}" shows the exemption that would let it be, and --fix what to change.`,
  );
}

function draftedSentence(result: Reviewed, draft: Draft): string {
  const { exemption, withExemption, fillIn, isUnnamed } = draft;
  const place = `${placeWords(result.source)}: ${objectName(result)}`;
  if (exemption && withExemption) {
    const given = isUnnamed
      ? `${exemption.metadata.name} and without runtimeClassName`
      : exemption.metadata.name;
    return `${place}: with exemption ${given}: ${leadsWords(withExemption)}. Fill in owner and reason, and have it reviewed.`;
  }
  const why = fillIn
    ? `fill in the ${fillIn} first, as no exemption can name it as it is`
    : 'no exemption would let it in';
  const fix = fixSentence(result.decision);
  return `${place}: no exemption: ${why}.${fix && !fillIn ? ` Fix: ${fix}` : ''}`;
}
