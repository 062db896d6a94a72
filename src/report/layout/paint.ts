import pc from 'picocolors';
import type { Verdict } from '../../decision/decision.ts';

/** Colours by meaning; each returns the text unchanged where colour is off. */
export interface Paint {
  verdict(verdict: Verdict, text: string): string;
  head(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
}

export function painter(color: boolean): Paint {
  const colors = pc.createColors(color);
  const verdicts = { admit: colors.green, sandbox: colors.cyan, reject: colors.red } as const;
  return {
    verdict: (verdict, text) => verdicts[verdict](text),
    head: colors.bold,
    dim: colors.dim,
    good: colors.green,
    bad: colors.red,
    warn: colors.yellow,
  };
}
