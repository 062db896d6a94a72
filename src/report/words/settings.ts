import { clean, someOf } from '../../source/text.ts';
import type { SettingsTaken } from '../result.ts';

/** Enough for an ordinary repository; of hundreds of patterns the first will do. */
const MOST = 5;

/** `From .cofferdam.yaml: policies = strict and policies; failOn = sandbox. --no-config ignores it.` */
export function settingsSentence({ file, values }: SettingsTaken): string {
  const parts = Object.entries(values).map(([key, value]) => {
    const words = (Array.isArray(value) ? value : [value]).map(word => clean(String(word)));
    return `${key} = ${words.length === 0 ? '(none)' : someOf(words, MOST)}`;
  });
  const taken =
    parts.length === 0 ? `Nothing is taken from ${clean(file)}` : `From ${clean(file)}: ${parts.join('; ')}`;
  return `${taken}. --no-config ignores it.`;
}
