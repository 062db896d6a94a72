import type { Problem } from '../source/document.ts';
import type { Paint } from './paint.ts';
import { clean } from './text.ts';

/** `web.yaml:12: error: Deployment/web: spec.template.spec.hostPID: found …`, as compilers print it, so that editors jump. */
export function problemLine(
  { severity, position, object, path, message, fix }: Problem,
  paint: Paint,
): string {
  const { file, line } = position;
  const where = line === undefined ? clean(file) : `${clean(file)}:${line}`;
  const word = severity === 'error' ? paint.bad('error') : paint.warn('warning');
  const what = [object, path].filter(Boolean).map(text => `${clean(text ?? '')}: `);
  const hint = fix ? `\n  ${paint.dim('Fix:')} ${clean(fix, 400)}` : '';
  return `${where}: ${word}: ${what.join('')}${clean(message, 400)}${hint}`;
}
