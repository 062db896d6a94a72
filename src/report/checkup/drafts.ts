import type { SandboxExemption } from '../../policy/types.gen.ts';
import { yamlText } from '../../source/yaml/yaml-text.ts';

/** The drafts as one stream of documents. */
export const draftsText = (drafts: readonly SandboxExemption[]): string =>
  drafts.map(draft => yamlText(draft)).join('---\n');
