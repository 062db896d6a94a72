import type { Style } from '../result.ts';
import type { Checkup } from './checkup.ts';
import { draftsText } from './drafts.ts';
import { checkupJson } from './json.ts';
import { checkupText } from './text.ts';

/** Only the drafts, to be completed and applied. */
const exemptions = ({ drafts }: Checkup): string =>
  drafts.length > 0 ? draftsText(drafts) : '# nothing needs an exemption\n';

/** Every output format of `doctor`, by the name that `-o` takes. */
export const CHECKUP_FORMATS: Readonly<Record<string, (checkup: Checkup, style: Style) => string>> = {
  text: checkupText,
  json: checkupJson,
  exemptions,
};
