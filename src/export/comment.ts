const WIDTH = 100;

/** Comment lines with `#` for YAML and TOML, each paragraph broken between words. */
export const comment = (...paragraphs: readonly string[]): string => paragraphs.map(broken).join('\n');

function broken(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= WIDTH)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(`# ${word}`);
  }
  return lines.join('\n');
}
