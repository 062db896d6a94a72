import { type Checkup, marksOf } from './checkup.ts';

/** `-o json`, as docs/schema/doctor.schema.json has it. Fields are added, never changed, within a version. */
export function checkupJson(checkup: Checkup): string {
  const { version, context, checks, drafts } = checkup;
  const document = {
    version,
    context,
    summary: marksOf(checkup),
    checks: checks.map(({ seen, remarks, ...check }) => ({
      ...check,
      seen: seen ?? null,
      remarks: remarks.map(({ fix, ...remark }) => ({ ...remark, fix: fix ?? null })),
    })),
    exemptions: drafts,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
