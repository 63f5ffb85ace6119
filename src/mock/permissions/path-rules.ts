import path from 'node:path';

/** Whether a rule's glob covers an absolute path: `//x` is absolute, anything else below the working directory. */
export function isPathAllowed(file: string, rules: readonly string[], cwd: string): boolean {
  return rules.some((rule) => {
    if (rule.startsWith('//')) return globPattern(rule.slice(1)).test(file);
    return isInside(file, cwd) && globPattern(rule.replace(/^\.?\//, '')).test(path.relative(cwd, file));
  });
}

export function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

/** As in a .gitignore: `*` stays in a folder, `**` does not, and a name without a slash matches at any depth. */
function globPattern(glob: string): RegExp {
  const anchored = glob.includes('/') ? glob : `**/${glob}`;
  const pattern = anchored.replaceAll(/\*\*\/|\*\*|\*|\?|[.+^${}()|[\]\\]/g, (token) => {
    if (token === '**/') return '(?:.*/)?';
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    return token === '?' ? '[^/]' : `\\${token}`;
  });
  return new RegExp(`^${pattern}$`, 's');
}
