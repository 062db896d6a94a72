import { jsonText } from '../../source/text.ts';
import { yamlText } from '../../source/yaml/yaml-text.ts';
import { type Checkup, marksOf, pageOf } from './checkup.ts';

/** `-o json`, as docs/schema/doctor.schema.json has it. Fields are added, never changed, within a version. */
export function checkupJson(checkup: Checkup): string {
  const { version, context, checks, drafts } = checkup;
  const document = {
    version,
    context,
    summary: marksOf(checkup),
    checks: checks.map(({ seen, remarks, ...check }) => ({
      ...check,
      page: pageOf(check.id),
      seen: seen ?? null,
      remarks: remarks.map(({ fix, ...remark }) => ({ ...remark, fix: fix ?? null })),
    })),
    exemptions: drafts.map(draft => yamlText(draft)),
  };
  return `${jsonText(document, 2)}\n`;
}
