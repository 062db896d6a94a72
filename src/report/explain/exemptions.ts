import type { SandboxExemption } from '../../policy/types.gen.ts';
import { jsonText } from '../../source/text.ts';
import { yamlText } from '../../source/yaml/yaml-text.ts';

/** `--exempt`: drafts that `kubectl apply -f` accepts once owner and reason are filled in; empty where there are none. */
export const exemptionsYaml = (drafts: readonly SandboxExemption[]): string =>
  drafts.map(draft => yamlText(draft)).join('---\n');

/** `--exempt -o json`: the same as a list. */
export const exemptionsJson = (drafts: readonly SandboxExemption[]): string =>
  `${jsonText({ apiVersion: 'v1', kind: 'List', items: drafts }, 2)}\n`;
